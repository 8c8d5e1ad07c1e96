package io.penstock.local.marketplace;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The products of the sample marketplace, the same for the same seed. Time passes in rounds: in each, about one product in ten moves by
 * enough to be told of.
 */
public final class SampleProducts {

    public static final int COUNT = 48;

    /** A product moves every so many rounds, each at another one. */
    static final int ROUNDS_PER_MOVE = 10;

    /** The marketplace does not have it any more. */
    static final int GONE = 47;

    private static final List<String> THINGS = List.of(
            "Open-Ear Headphones",
            "Desk Lamp",
            "Espresso Machine",
            "Hiking Backpack",
            "Mechanical Keyboard",
            "Water Bottle",
            "Yoga Mat",
            "Robot Vacuum");
    private static final List<String> BRANDS = List.of("Acme", "Northwind", "Contoso", "Globex", "Initech");
    private static final List<String> SELLERS = List.of("Acme Store", "BestDeals", "Warehouse Direct");
    private static final List<String> CATEGORIES =
            List.of("Electronics", "Home & Kitchen", "Sports & Outdoors", "Office Products");

    private final long seed;

    public SampleProducts(long seed) {
        this.seed = seed;
    }

    public static List<String> asins() {
        return IntStream.range(0, COUNT).mapToObj(SampleProducts::asin).toList();
    }

    static String asin(int number) {
        return "B0%08X".formatted(0x5A000000L + number * 7_919L);
    }

    /** -1: there is no such product. */
    static int numberOf(String asin) {
        return asins().indexOf(asin);
    }

    /**
     * A product as its page is in a round.
     *
     * @param german as the page of amazon.de writes it
     */
    ObjectNode page(int number, int round, boolean german) {
        SplittableRandom nature = new SplittableRandom(seed + number);
        String thing = THINGS.get(number % THINGS.size());
        String category = CATEGORIES.get(number % CATEGORIES.size());
        double usual = 9 + nature.nextInt(40_000) / 20.0;
        int usualRank = 20 + nature.nextInt(5_000);
        int reviews = 40 + nature.nextInt(9_000);
        double stars = 3.4 + nature.nextInt(14) / 10.0;
        int move = (round + number) / ROUNDS_PER_MOVE;
        SplittableRandom mood = new SplittableRandom(seed ^ ((long) number << 32 | move));
        double price = move == 0 ? usual : usual * (0.7 + mood.nextInt(60) / 100.0);
        int rank = move == 0 ? usualRank : (int) (usualRank * (0.4 + mood.nextInt(160) / 100.0)) + 1;
        boolean otherSeller = move > 0 && mood.nextInt(5) == 0;
        boolean surge = move > 0 && mood.nextInt(6) == 0;

        ObjectNode page = JsonNodeFactory.instance.objectNode();
        page.put("statusCode", 200).put("statusMessage", "FOUND").put("asin", asin(number));
        page.put("title", BRANDS.get(number % BRANDS.size()) + " " + thing + " " + (number + 1));
        page.put("manufacturer", BRANDS.get(number % BRANDS.size()));
        page.put("price", money(price, german)).put("retailPrice", money(usual * 1.2, german));
        page.put("countReview", grouped(reviews + (surge ? reviews / 2 : round / 4), german));
        page.put("productRating", german ? comma(stars) + " von 5 Sternen" : point(stars) + " out of 5 stars");
        page.put("soldBy", SELLERS.get(otherSeller ? 1 + mood.nextInt(2) : 0));
        page.put("fulfilledBy", "Amazon").put("warehouseAvailability", german ? "Auf Lager" : "In Stock");
        ArrayNode features = page.putArray("features");
        features.add("Good for every day").add(thing + " with two years of warranty");
        page.putArray("imageUrlList").add("https://images.example/" + asin(number) + ".jpg");
        page.putArray("productDetails")
                .addObject()
                .put("name", german ? "Amazon Bestseller-Rang" : "Best Sellers Rank")
                .put("value", ranks(rank, category, thing, german));
        page.putArray("categoriesExtended").addObject().put("name", category);
        page.putNull("buyBoxUsed").put("deal", number % 4 == 0).put("prime", number % 3 != 0);
        page.put("pastSales", "1K+ bought in past month");
        page.putArray("reviews");
        forgetSome(page, number, round);
        return page;
    }

    /** Pages lack fields now and then. */
    private static void forgetSome(ObjectNode page, int number, int round) {
        if ((number + round) % 13 == 5) {
            page.putNull("countReview").putNull("productRating").putNull("features");
        }
        if ((number + round) % 17 == 7) {
            page.put("price", "Currently unavailable");
        }
    }

    private static String ranks(int rank, String category, String thing, boolean german) {
        int within = Math.max(1, rank / 40);
        return german
                ? "Nr. %s in %s (Siehe Top 100 in %s) Nr. %s in %s"
                        .formatted(grouped(rank, true), category, category, grouped(within, true), thing)
                : "#%s in %s (See Top 100 in %s) #%s in %s"
                        .formatted(grouped(rank, false), category, category, grouped(within, false), thing);
    }

    private static String money(double amount, boolean german) {
        return german ? String.format(Locale.GERMANY, "%,.2f €", amount) : String.format(Locale.ROOT, "$%,.2f", amount);
    }

    private static String grouped(int number, boolean german) {
        return String.format(german ? Locale.GERMANY : Locale.ROOT, "%,d", number);
    }

    private static String comma(double stars) {
        return String.format(Locale.GERMANY, "%.1f", stars);
    }

    private static String point(double stars) {
        return String.format(Locale.ROOT, "%.1f", stars);
    }
}
