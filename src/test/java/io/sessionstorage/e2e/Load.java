package io.sessionstorage.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a client that writes all the time sees, with twice the patience of ToolHive's, because each
 * operation is a program of its own, on a busy machine: an operation may take 6 s in all, and is
 * tried again after a refused connection or an error, four times.
 *
 * @param written operations
 * @param failed operations that failed for the client
 * @param longest milliseconds that one took
 * @param lost operations that were acknowledged, and whose key is gone
 * @param output with the course of each that failed or took more than 2 s
 */
record Load(int written, int failed, int longest, int lost, String output) {
  private static final String SCRIPT =
      Consumer.TLS
          + """
      now() { echo $(($(date +%s%N) / 1000000)); }
      written=0 failed=0 longest=0 lost=0 acknowledged='' end=$(($(now) + $1 * 1000))
      while start=$(now) && [ "$start" -lt "$end" ] && [ ! -e "/dev/shm/end-$2" ]; do
        written=$((written + 1)) tries=0 reply='' course=''
        while [ "$reply" != OK ] && [ "$tries" -lt 4 ] && [ "$(now)" -lt $((start + 6000)) ]; do
          [ "$tries" = 0 ] || sleep 0.1
          tries=$((tries + 1))
          reply=$(timeout 6 valkey-cli $TLS -h "$HOST" -p "$PORT" SET "thv:load:$2:$written" "$written" EX 7200 2>&1)
          course="$course, $(($(now) - start)) ms: $reply"
        done
        took=$(($(now) - start))
        [ "$took" -le "$longest" ] || longest=$took
        { [ "$took" -lt 2000 ] && [ "$reply" = OK ]; } || echo "at $(date +%T), load $(cut -d ' ' -f 1 /proc/loadavg)$course"
        if [ "$reply" = OK ] && [ "$took" -lt 6050 ]; then acknowledged="$acknowledged $written"
        else failed=$((failed + 1)); fi
        sleep "$3"
      done
      keys=$(printf 'GET thv:load:'"$2"':%s\\n' $acknowledged | valkey-cli $TLS -h "$HOST" -p "$PORT")
      missing=$(printf '%s\\n' $acknowledged $keys | sort | uniq -u)
      [ -z "$missing" ] || { lost=$(echo "$missing" | grep -c .) && echo "not as acknowledged:" $missing; }
      echo "written $written failed $failed longest $longest lost $lost"
      """;
  private static final Pattern RESULT =
      Pattern.compile("written (\\d+) failed (\\d+) longest (\\d+) lost (\\d+)$");

  /** Starts it, for {@code seconds}. */
  static CompletableFuture<Load> start(Consumer client, int seconds, String name) {
    return CompletableFuture.supplyAsync(
        () -> {
          String output = client.shell(SCRIPT, Integer.toString(seconds), name, "0.02").text();
          System.out.println(name + ": " + output);
          return of(output);
        });
  }

  private static Load of(String output) {
    Matcher result = RESULT.matcher(output);
    assertThat(result.find()).as(output).isTrue();
    return new Load(
        Integer.parseInt(result.group(1)),
        Integer.parseInt(result.group(2)),
        Integer.parseInt(result.group(3)),
        Integer.parseInt(result.group(4)),
        output);
  }

  /** Its client noticed nothing. */
  void assertUnnoticed() {
    assertFailedAtMost(0);
  }

  /** Its client lost nothing, and not more than so many operations failed for it. */
  void assertFailedAtMost(int failures) {
    assertThat(written).as("%s", output).isGreaterThan(20);
    assertThat(failed).as("%s", output).isLessThanOrEqualTo(failures);
    assertThat(lost).as("%s", output).isZero();
  }

  /** Starts a lighter one, which goes on in the client's pod until {@link #end}. */
  static void begin(Consumer client, String name) {
    client.shell(
        """
        cat >"/dev/shm/$1.sh" <<'END'
        %s
        END
        sh "/dev/shm/$1.sh" 3600 "$1" 0.3 >"/dev/shm/out-$1" 2>&1 &
        """
            .formatted(SCRIPT),
        name);
  }

  /** Ends what {@link #begin} started. */
  static Load end(Consumer client, String name) {
    client.shell("touch \"/dev/shm/end-$1\"", name);
    String output =
        await("end of " + name)
            .atMost(Duration.ofMinutes(1))
            .until(
                () -> client.shell("cat \"/dev/shm/out-$1\"", name).text(),
                text -> RESULT.matcher(text).find());
    System.out.println(name + ": " + output);
    return of(output);
  }
}
