package io.penstock.local.feed;

import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The offers of the sample feed, the same for the same seed. Time passes in rounds: from round to round a few offers
 * change, but there are always {@value #ACTIVE} active ones, in the same order.
 *
 * <p>Every {@value #RESERVE_SPACING}th active offer has one in reserve, which is paused or blocked. Now and then such a
 * pair changes places: that is how a status changes here.
 */
public final class SampleOffers {

    public static final int ACTIVE = 2_345;

    static final int RESERVE_SPACING = 15;
    private static final int FIRST_ID = 100_003;
    private static final int ID_STEP = 7;
    private static final int ROUNDS_PER_SWAP = 5;
    private static final int SWAP_GROUPS = 20;

    private static final List<String[]> COUNTRIES = List.of(
            new String[] {"DE", "Germany"},
            new String[] {"FR", "France"},
            new String[] {"ES", "Spain"},
            new String[] {"TH", "Thailand"},
            new String[] {"ZA", "South Africa"},
            new String[] {"BR", "Brazil"},
            new String[] {"CI", "Côte d'Ivoire"},
            new String[] {"PL", "Poland"});
    private static final List<String> CARRIERS = List.of("Orange", "Vodafone", "MTN", "AIS", "Telefónica");
    private static final List<String> VERTICALS = List.of("Games", "Video", "Sweepstakes", "Fitness", "Utilities");
    private static final List<String> FLOWS = List.of("1-click", "2-click", "PIN", "MO", "CC submit");
    private static final List<String> MODELS = List.of("CPA", "CPL", "CPI");
    private static final List<String> TRAFFIC = List.of("Mainstream", "Adult", "Mainstream, Adult");

    private final long seed;
    private final LastConversion lastConversion;

    public SampleOffers(long seed) {
        this.seed = seed;
        this.lastConversion = new LastConversion(seed);
    }

    /** All offers as they are in a round: the active ones first, in their order, then those in reserve. */
    Stream<SampleOffer> all(int round) {
        return Stream.concat(
                IntStream.range(0, ACTIVE).mapToObj(place -> active(place, round)),
                IntStream.range(0, ACTIVE).filter(SampleOffers::hasReserve).mapToObj(place -> inReserve(place, round)));
    }

    private SampleOffer active(int place, int round) {
        return offer(swapped(place, round) ? reserveNumber(place) : place, SampleOffer.ACTIVE, round);
    }

    private SampleOffer inReserve(int place, int round) {
        String status = place % 2 == 0 ? SampleOffer.PAUSED : SampleOffer.BLOCKED;
        return offer(swapped(place, round) ? place : reserveNumber(place), status, round);
    }

    private static boolean hasReserve(int place) {
        return place % RESERVE_SPACING == 0;
    }

    private static int reserveNumber(int place) {
        return ACTIVE + place;
    }

    private static boolean swapped(int place, int round) {
        int swap = round / ROUNDS_PER_SWAP;
        return hasReserve(place) && swap > 0 && place / RESERVE_SPACING % SWAP_GROUPS == swap % SWAP_GROUPS;
    }

    private SampleOffer offer(int number, String status, int round) {
        SplittableRandom random = new SplittableRandom(seed + number);
        String id = String.valueOf(FIRST_ID + ID_STEP * number);
        String[] country = pick(COUNTRIES, random);
        String vertical = pick(VERTICALS, random);
        String flow = pick(FLOWS, random);
        boolean unlimited = random.nextInt(3) == 0;
        int cap = 50 * (1 + random.nextInt(20));
        return new SampleOffer(
                id,
                "%s %s %s %s".formatted(country[0], vertical, flow, id),
                status,
                country[0],
                country[1],
                sometimes(random, pick(CARRIERS, random)),
                vertical,
                flow,
                pick(MODELS, random),
                String.format(Locale.ROOT, "%.2f", 0.2 + random.nextDouble() * 14),
                random.nextBoolean() ? "USD" : "EUR",
                unlimited ? "Unlimited" : String.valueOf(cap),
                pick(TRAFFIC, random),
                sometimes(random, "24/7"),
                sometimes(random, "No incentive, no \"brand\" bidding"),
                "https://landing.example/" + id,
                sometimes(random, "https://img.example/" + id + ".jpg"),
                "https://track.example/?o=" + id,
                unlimited ? (random.nextBoolean() ? "" : null) : String.valueOf(random.nextInt(cap + 1)),
                lastConversion.of(number, round));
    }

    private static <T> T pick(List<T> from, SplittableRandom random) {
        return from.get(random.nextInt(from.size()));
    }

    private static @Nullable String sometimes(SplittableRandom random, String value) {
        return random.nextInt(3) == 0 ? null : value;
    }
}
