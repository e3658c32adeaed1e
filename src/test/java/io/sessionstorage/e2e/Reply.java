package io.sessionstorage.e2e;

/** What a program in a pod said, on both of its outputs, and how it ended. */
record Reply(int exitCode, String text) {}
