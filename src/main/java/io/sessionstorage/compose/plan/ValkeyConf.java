package io.sessionstorage.compose.plan;

record ValkeyConf(String version, boolean persistent, long maxmemory, String evictionPolicy) {
  String valkeyConf() {
    return "maxmemory " + maxmemory + "\n";
  }

  String liveConf() {
    return "maxmemory-policy " + evictionPolicy + "\n";
  }
}
