package io.sessionstorage.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a client that writes all the time sees, with the patience of ToolHive's: an operation may
 * take 3 s in all, and is tried again after a refused connection or an error, four times.
 *
 * @param written operations
 * @param failed operations that failed for the client
 * @param longest milliseconds that one took
 * @param lost operations that were acknowledged, and whose key is gone
 */
record Load(int written, int failed, int longest, int lost) {
  private static final String SCRIPT =
      Consumer.TLS
          + """
      now() { echo $(($(date +%s%N) / 1000000)); }
      written=0 failed=0 longest=0 lost=0 acknowledged='' end=$(($(now) + $1 * 1000))
      while start=$(now) && [ "$start" -lt "$end" ]; do
        written=$((written + 1)) tries=0 reply=''
        while [ "$reply" != OK ] && [ "$tries" -lt 4 ] && [ "$(now)" -lt $((start + 3000)) ]; do
          [ "$tries" = 0 ] || sleep 0.1
          tries=$((tries + 1))
          reply=$(timeout 3 valkey-cli $TLS -h "$HOST" -p "$PORT" SET "thv:load:$2:$written" "$written" EX 7200 2>&1)
        done
        took=$(($(now) - start))
        [ "$took" -le "$longest" ] || longest=$took
        if [ "$reply" = OK ] && [ "$took" -lt 3050 ]; then acknowledged="$acknowledged $written"
        else failed=$((failed + 1)) && echo "failed after $took ms: $reply"; fi
        sleep 0.02
      done
      keys=$(printf 'GET thv:load:'"$2"':%s\\n' $acknowledged | valkey-cli $TLS -h "$HOST" -p "$PORT")
      [ "$(printf '%s\\n' $keys)" = "$(printf '%s\\n' $acknowledged)" ] || lost=$(printf '%s\\n' $acknowledged $keys | sort | uniq -u | grep -c .)
      echo "written $written failed $failed longest $longest lost $lost"
      """;
  private static final Pattern RESULT =
      Pattern.compile("written (\\d+) failed (\\d+) longest (\\d+) lost (\\d+)$");

  /** Starts it, for {@code seconds}. */
  static CompletableFuture<Load> start(Consumer client, int seconds, String name) {
    return CompletableFuture.supplyAsync(
        () -> {
          String output = client.shell(SCRIPT, Integer.toString(seconds), name).text();
          System.out.println(name + ": " + output);
          Matcher result = RESULT.matcher(output);
          assertThat(result.find()).as(output).isTrue();
          return new Load(
              Integer.parseInt(result.group(1)),
              Integer.parseInt(result.group(2)),
              Integer.parseInt(result.group(3)),
              Integer.parseInt(result.group(4)));
        });
  }
}
