package io.penstock.common.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleExpressionTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*/2 * * * *            | 2026-11-22T02:08:37 | 2026-11-22T02:10 2026-11-22T02:12",
                "0 * * * *              | 2026-12-31T23:30    | 2027-01-01T00:00 2027-01-01T01:00",
                "0 9 * * MON-FRI        | 2026-11-20T10:00    | 2026-11-23T09:00 2026-11-24T09:00",
                "*/20 * * * * *         | 2026-11-22T00:00:20 | 2026-11-22T00:00:40 2026-11-22T00:01",
                "0 0 L * *              | 2028-01-31T00:00    | 2028-02-29T00:00 2028-03-31T00:00",
                "0 0 L-1 * *            | 2026-01-31T00:00    | 2026-02-27T00:00 2026-03-30T00:00",
                "0 0 1,15,L * *         | 2026-01-15T00:00    | 2026-01-31T00:00 2026-02-01T00:00",
                "0 0 31 * *             | 2026-01-31T00:00    | 2026-03-31T00:00 2026-05-31T00:00",
                "0 0 29 2 *             | 2026-01-01T00:00    | 2028-02-29T00:00 2032-02-29T00:00",
                "0 0 29 2 *             | 2096-03-01T00:00    | 2104-02-29T00:00 2108-02-29T00:00",
                "0 0 * * 1#5            | 2026-04-01T00:00    | 2026-06-29T00:00 2026-08-31T00:00",
                "0 0 * * MON#1,WED#3    | 2026-01-01T00:00    | 2026-01-05T00:00 2026-01-21T00:00",
                "30 2 * * SUNL          | 2026-11-01T00:00    | 2026-11-29T02:30 2026-12-27T02:30",
                "0 0 * * 5-7            | 2026-11-22T12:00    | 2026-11-27T00:00 2026-11-28T00:00",
                "0 0 * * SAT-SUN        | 2026-11-22T12:00    | 2026-11-28T00:00 2026-11-29T00:00",
                "0 0 13 * FRI           | 2026-11-01T00:00    | 2026-11-06T00:00 2026-11-13T00:00",
                "0 0 0 13 * FRI         | 2026-02-14T00:00    | 2026-03-13T00:00 2026-11-13T00:00",
                "0 0 30 2 MON           | 2026-01-01T00:00    | 2026-02-02T00:00 2026-02-09T00:00",
                "@yearly                | 2026-06-01T00:00    | 2027-01-01T00:00 2028-01-01T00:00",
                "@monthly               | 2026-12-01T00:00    | 2027-01-01T00:00 2027-02-01T00:00",
                "@weekly                | 2026-11-22T00:00    | 2026-11-29T00:00 2026-12-06T00:00",
                "@daily                 | 2026-12-31T00:00    | 2027-01-01T00:00 2027-01-02T00:00",
                "@daily 09:00           | 2026-11-22T09:00    | 2026-11-23T09:00 2026-11-24T09:00",
                "@hourly                | 2026-11-22T09:59:59 | 2026-11-22T10:00 2026-11-22T11:00",
                "@every 90s             | 1970-01-01T00:01:30 | 1970-01-01T00:03 1970-01-01T00:04:30",
                "@every 1h30m           | 1970-01-01T00:00    | 1970-01-01T01:30 1970-01-01T03:00",
                "0 0 15W * *            | 2026-02-01T00:00    | 2026-02-16T00:00 2026-03-16T00:00",
                "0 0 15W * *            | 2026-08-01T00:00    | 2026-08-14T00:00 2026-09-15T00:00",
                "0 0 1W * *             | 2026-07-31T00:00    | 2026-08-03T00:00 2026-09-01T00:00",
                "0 0 1w * *             | 2026-10-31T12:00    | 2026-11-02T00:00 2026-12-01T00:00",
                "0 0 31W * *            | 2026-04-01T00:00    | 2026-05-29T00:00 2026-07-31T00:00",
                "0 0 30W 5,8 *          | 2026-05-01T00:00    | 2026-05-29T00:00 2026-08-31T00:00",
                "0 0 LW * *             | 2026-01-31T00:00    | 2026-02-27T00:00 2026-03-31T00:00",
                "0 0 0 LW * ?           | 2026-05-01T00:00    | 2026-05-29T00:00 2026-06-30T00:00",
                "0 0 L-2W * *           | 2026-03-01T00:00    | 2026-03-30T00:00 2026-04-28T00:00",
                "0 0 0 15W * MON        | 2026-01-01T00:00    | 2026-02-16T00:00 2026-03-16T00:00",
                "5/15 8-10/2 ? JAN,dec * | 2026-02-01T00:00   | 2026-12-01T08:05 2026-12-01T08:20"
            })
    void isDueWhereTheClockMatches(String expression, String after, String expected) {
        assertThat(dueAfter(expression, "UTC", LocalDateTime.parse(after).toInstant(ZoneOffset.UTC), 2))
                .extracting(instant ->
                        LocalDateTime.ofInstant(instant, ZoneOffset.UTC).toString())
                .containsExactly(expected.split(" "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "61 * * * *           | 1  | outside 0 to 59 in the minute",
                "* 24 * * *           | 3  | outside 0 to 23 in the hour",
                "70 * * * * *         | 1  | outside 0 to 59 in the second",
                "0 0 1,32 * *         | 7  | outside 1 to 31",
                "0 0 * FOO *          | 7  | 'FOO' is not a month",
                "0 0 * * MON,,FRI     | 13 | is empty",
                "0 0 * * FRI-MON      | 9  | runs backwards",
                "*/0 * * * *          | 3  | outside 1 to 59",
                "*/90 * * * *         | 3  | outside 1 to 59",
                "*/ * * * *           | 3  | the step is missing",
                "0 0 L-31 * *         | 7  | outside L-0 to L-30",
                "0 0 LX * *           | 5  | expected L or L-n",
                "0 0 1W,15 * *        | 5  | not in a list",
                "0 0 1,15W * *        | 7  | not in a list",
                "0 0 1-15W * *        | 5  | not with a range or a step",
                "0 0 1W-15 * *        | 5  | not with a range or a step",
                "0 0 15W/2 * *        | 5  | not with a range or a step",
                "0 0 W * *            | 5  | W behind a day",
                "0 0 W15 * *          | 5  | W behind a day",
                "0 0 15WW * *         | 5  | W behind a day",
                "0 0 32W * *          | 5  | outside 1 to 31",
                "0 0 0W * *           | 5  | outside 1 to 31",
                "0 0 *W * *           | 5  | '*' is not a day of month",
                "0 0 * * 5W           | 9  | W belongs to a day of month",
                "0 0 * 3W *           | 7  | W belongs to a day of month",
                "15W 0 * * *          | 1  | W belongs to a day of month",
                "0 0 30W 2 *          | 0  | never matches",
                "0 0 * * L            | 9  | L needs a day",
                "0 0 * * 1#6          | 11 | outside #1 to #5",
                "0 0 * * 1#           | 11 | is missing",
                "0 L * * *            | 3  | 'L' is not a hour",
                "0 0 * * 8            | 9  | outside 0 to 7",
                "* * * *              | 0  | has 4 fields",
                "* * * * * * *        | 0  | has 7 fields",
                "0 0 31 2 *           | 0  | never matches",
                "0 0 30 2 ?           | 0  | never matches",
                "0 0 31 4,6,9,11 *    | 0  | never matches",
                "0 0 0 30 2 MON       | 0  | never matches",
                "@fortnightly         | 1  | unknown shorthand",
                "@daily 25:00         | 8  | 00:00 and 23:59",
                "@weekly 09:00        | 9  | only @daily",
                "@every               | 7  | needs a period",
                "@every 0s            | 8  | between 1s and 366d",
                "@every 400d          | 8  | between 1s and 366d",
                "@every 5 minutes     | 8  | needs a period",
                "-1 * * * *           | 1  | the minute is missing",
                "99999999999 * * * *  | 1  | is not a minute"
            })
    void refusesWithPositionAndReason(String expression, int position, String reason) {
        InvalidScheduleException refusal =
                catchThrowableOfType(InvalidScheduleException.class, () -> ScheduleExpression.parse(expression));
        assertThat(refusal.position()).isEqualTo(position);
        assertThat(refusal.reason()).contains(reason);
    }

    @Test
    void refusesTenKilobytesOfText() {
        InvalidScheduleException refusal = catchThrowableOfType(
                InvalidScheduleException.class, () -> ScheduleExpression.parse("*,".repeat(5_000) + "* * * * *"));
        assertThat(refusal.reason()).contains("at most 200");
        assertThat(refusal.getMessage()).hasSizeLessThan(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Mars/Olympus", "", "Europe/Berlin; DROP TABLE", "+99:00"})
    void refusesUnknownZones(String zone) {
        assertThat(catchThrowableOfType(InvalidScheduleException.class, () -> ScheduleExpression.zone(zone))
                        .field())
                .isEqualTo("timeZone");
    }

    @ParameterizedTest(name = "{0} {1}: {3}")
    @CsvSource(
            delimiter = '|',
            value = {
                // The gap: due at the first instant after it, once, and never on the day besides.
                "30 2 * * *   | Europe/Berlin       | 2027-03-28T00:00Z | 2027-03-28T01:00Z 2027-03-29T00:30Z",
                "30 2 * * *   | America/New_York    | 2027-03-14T00:00Z | 2027-03-14T07:00Z 2027-03-15T06:30Z",
                "0 0 * * *    | America/Santiago    | 2027-09-04T12:00Z | 2027-09-05T04:00Z 2027-09-06T03:00Z",
                "15 2 * * *   | Australia/Lord_Howe | 2027-10-02T12:00Z | 2027-10-02T15:30Z 2027-10-03T15:15Z",
                "30 2 * * *   | Africa/Casablanca   | 2025-04-05T22:00Z | 2025-04-06T02:00Z 2025-04-07T01:30Z",
                "0,30 2 * * * | Europe/Berlin       | 2027-03-28T00:00Z | 2027-03-28T01:00Z 2027-03-29T00:00Z",
                "*/20 * * * * | Europe/Berlin       | 2027-03-28T00:30Z | 2027-03-28T00:40Z 2027-03-28T01:00Z",
                // The overlap: due the first time alone.
                "30 2 * * *   | Europe/Berlin       | 2026-10-24T12:00Z | 2026-10-25T00:30Z 2026-10-26T01:30Z",
                "30 1 * * *   | America/New_York    | 2026-10-31T12:00Z | 2026-11-01T05:30Z 2026-11-02T06:30Z",
                "30 23 * * *  | America/Santiago    | 2027-04-03T12:00Z | 2027-04-04T02:30Z 2027-04-05T03:30Z",
                "45 1 * * *   | Australia/Lord_Howe | 2027-04-03T12:00Z | 2027-04-03T14:45Z 2027-04-04T15:15Z",
                "30 2 * * *   | Africa/Casablanca   | 2025-02-22T12:00Z | 2025-02-23T01:30Z 2025-02-24T02:30Z",
                "0,30 2 * * * | Europe/Berlin       | 2026-10-25T00:30Z | 2026-10-26T01:00Z 2026-10-26T01:30Z",
                // Asked in the second pass of the overlap: what is fixed was due before.
                "30 2 * * *   | Europe/Berlin       | 2026-10-25T01:10Z | 2026-10-26T01:30Z 2026-10-27T01:30Z",
                // What repeats goes on through both passes.
                "*/30 * * * * | Europe/Brussels     | 2018-10-28T00:30Z | 2018-10-28T01:00Z 2018-10-28T01:30Z",
                "*/30 * * * * | Europe/Berlin       | 2026-10-25T01:10Z | 2026-10-25T01:30Z 2026-10-25T02:00Z",
                "0 * * * *    | Europe/Dublin       | 2026-10-24T23:30Z | 2026-10-25T00:00Z 2026-10-25T01:00Z",
                "@hourly      | America/New_York    | 2026-11-01T05:00Z | 2026-11-01T06:00Z 2026-11-01T07:00Z",
                "0 1-5 * * *  | Europe/Berlin       | 2026-10-25T00:00Z | 2026-10-25T01:00Z 2026-10-25T02:00Z",
                "0 */2 * * *  | Europe/Berlin       | 2026-10-24T22:00Z | 2026-10-25T00:00Z 2026-10-25T01:00Z",
                "*/30 1 * * * | America/New_York    | 2016-11-06T05:00Z | 2016-11-06T05:30Z 2016-11-06T06:00Z",
                "20-40/20 1 * * * | America/New_York | 2016-11-06T05:20Z | 2016-11-06T05:40Z 2016-11-06T06:20Z",
                "30 * * * *   | Australia/Lord_Howe | 2027-04-03T14:30Z | 2027-04-03T15:00Z 2027-04-03T16:00Z",
                "45 1 * * *   | Australia/Lord_Howe | 2027-04-03T14:50Z | 2027-04-04T15:15Z 2027-04-05T15:15Z",
                // In the gap, what is due each hour goes on; hours that do not exist are made up for.
                "15 * * * *   | Europe/Berlin       | 2027-03-28T00:15Z | 2027-03-28T01:15Z 2027-03-28T02:15Z",
                "*/30 2 * * * | America/New_York    | 2016-03-13T06:59Z | 2016-03-13T07:00Z 2016-03-14T06:00Z",
                "0 */2 * * *  | America/New_York    | 2016-03-13T05:00Z | 2016-03-13T07:00Z 2016-03-13T08:00Z",
                "0 1-5 * * *  | Europe/Berlin       | 2027-03-28T00:00Z | 2027-03-28T01:00Z 2027-03-28T02:00Z",
                "30 0 LW * *  | Asia/Amman          | 2018-03-29T21:59Z | 2018-03-29T22:00Z 2018-04-29T21:30Z",
                "@every 30m   | Europe/Berlin       | 2026-10-25T00:30Z | 2026-10-25T01:00Z 2026-10-25T01:30Z"
            })
    void keepsTheRuleOfDaylightSaving(String expression, String zone, String after, String expected) {
        assertThat(dueAfter(expression, zone, Instant.parse(after.replace("Z", ":00Z")), 2))
                .extracting(instant -> instant.toString().replace(":00Z", "Z"))
                .containsExactly(expected.split(" "));
    }

    @Test
    void agreesWithCronUtilsOnPlainExpressions() {
        var unix = new com.cronutils.parser.CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.SPRING53));
        Random random = new Random(20);
        for (int i = 0; i < 400; i++) {
            String expression = randomExpression(random);
            ExecutionTime opinion = ExecutionTime.forCron(unix.parse(expression));
            Instant start = Instant.parse("2026-01-01T00:00:00Z").plusSeconds(random.nextInt(100_000_000));
            ZonedDateTime at = start.atZone(ZoneOffset.UTC);
            List<Instant> expected = new ArrayList<>();
            for (int n = 0; n < 5; n++) {
                at = opinion.nextExecution(at).orElseThrow();
                expected.add(at.toInstant());
            }
            assertThat(dueAfter(expression, "UTC", start, 5))
                    .as(expression + " after " + start)
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*/2 * * * *        | Every 2 minutes",
                "* * * * *          | Every minute",
                "0 * * * *          | Every hour, on the hour",
                "15 * * * *         | At minute 15 of every hour",
                "0 */6 * * *        | At 00:00, 06:00, 12:00 and 18:00",
                "0 0 9 * * *        | At 09:00",
                "30 2 * * SUNL      | At 02:30, on the last Sunday of the month",
                "0 9 * * MON-FRI    | At 09:00, on Monday to Friday",
                "0 0 1,15,L * *     | At 00:00, on day 1 and 15 and the last day of the month",
                "0 0 * * 1#5        | At 00:00, on the fifth Monday of the month",
                "0 0 13 * FRI       | At 00:00, on day 13 of the month or on Friday",
                "0 0 0 13 * FRI     | At 00:00, on day 13 of the month, only when it is Friday",
                "0 0 29 2 *         | At 00:00, on day 29 of the month, in February",
                "*/10 9-17 * * *    | Every 10 minutes, in hour 9 to 17",
                "0 9 15W * *        | At 09:00, on the weekday nearest to day 15 of the month",
                "0 9 LW * *         | At 09:00, on the last weekday of the month",
                "0 9 L-1W * *       | At 09:00, on the weekday nearest to 1 day before the last day of the month",
                "0 9 15W * FRI      | At 09:00, on the weekday nearest to day 15 of the month or on Friday",
                "*/15 * * * * *     | Every 15 seconds",
                "* * * * * *        | Every second",
                "@every 90s         | Every 1 minute and 30 seconds",
                "@daily 09:00       | At 09:00"
            })
    void tellsItselfInWords(String expression, String words) {
        assertThat(ScheduleExpression.parse(expression).describe()).isEqualTo(words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "30 2 * * *    | Europe/Berlin | due once, at the first of the two; a time left out",
                "*/30 * * * *  | Europe/Berlin | goes on through both hours; when they go forward, it just goes on",
                "0 1-5 * * *   | Europe/Berlin | goes on through both hours; a time left out",
                "@every 30m    | Europe/Berlin | Not affected",
            })
    void tellsWhatClockChangesDoToIt(String expression, String zone, String words) {
        assertThat(ScheduleExpression.parse(expression)
                        .describeClockChanges(ZoneId.of(zone), Instant.parse("2026-11-26T00:00:00Z")))
                .hasValueSatisfying(text -> assertThat(text).contains(words));
    }

    @Test
    void tellsNothingOfClocksThatNeverChange() {
        assertThat(ScheduleExpression.parse("30 2 * * *")
                        .describeClockChanges(ZoneId.of("Asia/Taipei"), Instant.parse("2026-11-26T00:00:00Z")))
                .isEmpty();
    }

    @Test
    void answersFarAwayAndRareQuestionsQuickly() {
        Instant begin = Instant.now();
        for (int i = 0; i < 200; i++) {
            ScheduleExpression.parse("0 0 0 29 2 MON#5").next(Instant.parse("2080-01-01T00:00:00Z"), ZoneOffset.UTC);
        }
        assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void hasNoAnswerBeyondTheYear9999() {
        assertThat(ScheduleExpression.parse("0 0 1 1 *").next(Instant.parse("9999-06-01T00:00:00Z"), ZoneOffset.UTC))
                .isEmpty();
    }

    private static List<Instant> dueAfter(String expression, String zone, Instant after, int count) {
        ScheduleExpression parsed = ScheduleExpression.parse(expression);
        List<Instant> due = new ArrayList<>();
        Instant at = after;
        for (int i = 0; i < count; i++) {
            at = parsed.next(at, ScheduleExpression.zone(zone)).orElseThrow();
            due.add(at);
        }
        return due;
    }

    private static String randomExpression(Random random) {
        boolean byDate = random.nextBoolean();
        return String.join(
                " ",
                randomField(random, 0, 59),
                randomField(random, 0, 59),
                randomField(random, 0, 23),
                byDate ? randomField(random, 1, 28) : "*",
                randomField(random, 1, 12),
                byDate ? "*" : randomField(random, 0, 6));
    }

    private static String randomField(Random random, int least, int most) {
        int low = least + random.nextInt(most - least);
        int high = low + 1 + random.nextInt(most - low);
        return switch (random.nextInt(5)) {
            case 0 -> "*";
            case 1 -> "*/" + (1 + random.nextInt(most - least));
            case 2 -> low + "-" + high;
            case 3 -> low + "," + high;
            default -> Integer.toString(low);
        };
    }
}
