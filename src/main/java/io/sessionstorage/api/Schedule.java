package io.sessionstorage.api;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A schedule of cron as Kubernetes reads it: five fields, with lists, ranges, steps and names, or
 * one of the words such as {@code @daily}.
 *
 * @param text as it was written
 */
public record Schedule(String text) {
  private static final Map<String, String> WORDS =
      Map.of(
          "@yearly", "0 0 1 1 *",
          "@annually", "0 0 1 1 *",
          "@monthly", "0 0 1 * *",
          "@weekly", "0 0 * * 0",
          "@daily", "0 0 * * *",
          "@midnight", "0 0 * * *",
          "@hourly", "0 * * * *");
  private static final List<String> MONTHS =
      List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
  private static final List<String> DAYS = List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");

  /** Longer than from one 29 February to the next. */
  private static final int DAYS_TO_LOOK = 8 * 366 + 2;

  /**
   * Reads a schedule.
   *
   * @throws IllegalArgumentException if it is none, or if it never comes to pass; the message says
   *     why
   */
  public static Schedule parse(String text) {
    Schedule schedule = new Schedule(text);
    schedule.next(Instant.EPOCH, ZoneId.of("Etc/UTC"));
    return schedule;
  }

  /** The first time after {@code time}. */
  public Instant next(Instant time, ZoneId zone) {
    Times times = Times.of(text);
    LocalDate today = time.atZone(zone).toLocalDate();
    return IntStream.range(0, DAYS_TO_LOOK)
        .mapToObj(today::plusDays)
        .filter(times::has)
        .flatMap(day -> times.ofDay().map(at -> day.atTime(at).atZone(zone).toInstant()))
        .filter(at -> at.isAfter(time))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no such day"));
  }

  private record Times(
      BitSet minutes,
      BitSet hours,
      BitSet daysOfMonth,
      BitSet months,
      BitSet daysOfWeek,
      boolean eitherDay) {

    static Times of(String text) {
      String[] fields = WORDS.getOrDefault(text, text).strip().split("\\s+", -1);
      if (fields.length != 5) {
        throw new IllegalArgumentException("it has %d fields, not 5".formatted(fields.length));
      }
      return new Times(
          bits(fields[0], 0, 59, List.of()),
          bits(fields[1], 0, 23, List.of()),
          bits(fields[2], 1, 31, List.of()),
          bits(fields[3], 1, 12, MONTHS),
          bits(fields[4], 0, 6, DAYS),
          !any(fields[2]) && !any(fields[4]));
    }

    private static boolean any(String field) {
      return List.of("*", "?").contains(field);
    }

    private static BitSet bits(String field, int least, int most, List<String> names) {
      BitSet bits = new BitSet();
      for (String part : field.split(",", -1)) {
        String[] range = part.split("/", -1);
        String[] ends = range[0].split("-", -1);
        boolean all = any(range[0]);
        if (range.length > 2 || ends.length > 2) {
          throw new IllegalArgumentException("\"%s\" is no range".formatted(part));
        }
        int from = all ? least : number(ends[0], least, names);
        int to =
            all || (ends.length == 1 && range.length == 2)
                ? most
                : number(ends[ends.length - 1], least, names);
        int step = range.length == 1 ? 1 : number(range[1], 0, List.of());
        if (from < least || to > most || from > to || step < 1) {
          throw new IllegalArgumentException(
              "\"%s\" is not within %d to %d".formatted(part, least, most));
        }
        IntStream.iterate(from, i -> i <= to, i -> i + step).forEach(bits::set);
      }
      return bits;
    }

    private static int number(String text, int least, List<String> names) {
      int name = names.indexOf(text.toLowerCase(Locale.ROOT));
      if (name >= 0) {
        return least + name;
      }
      if (!text.matches("[0-9]{1,4}")) {
        throw new IllegalArgumentException("\"%s\" is no number".formatted(text));
      }
      return Integer.parseInt(text);
    }

    boolean has(LocalDate day) {
      boolean ofMonth = daysOfMonth.get(day.getDayOfMonth());
      boolean ofWeek = daysOfWeek.get(day.getDayOfWeek().getValue() % 7);
      return months.get(day.getMonthValue()) && (eitherDay ? ofMonth || ofWeek : ofMonth && ofWeek);
    }

    java.util.stream.Stream<LocalTime> ofDay() {
      return hours.stream()
          .boxed()
          .flatMap(hour -> minutes.stream().mapToObj(minute -> LocalTime.of(hour, minute)));
    }
  }
}
