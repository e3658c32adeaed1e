package io.sessionstorage;

/** The command line. */
public final class Main {
  private Main() {}

  /** Runs the command that {@code args} name and exits with its code. */
  public static void main(String[] args) {
    System.out.println("session-storage");
  }
}
