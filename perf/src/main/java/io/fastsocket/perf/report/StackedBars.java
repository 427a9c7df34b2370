package io.fastsocket.perf.report;

import java.util.List;
import java.util.function.DoubleFunction;

/** Horizontal bars of parts that add up. Each part has a filling of its own, by its place. */
final class StackedBars {
    /** One bar: as many parts as there are names of parts, none below 0. */
    record Stack(Server server, List<Double> parts) {
        double total() {
            return parts.stream().mapToDouble(Double::doubleValue).sum();
        }
    }

    private StackedBars() {}

    static Markup of(String title, List<String> names, List<Stack> stacks, DoubleFunction<String> words) {
        List<Double> ticks =
                Ticks.upTo(stacks.stream().mapToDouble(Stack::total).max().orElse(0));
        Scale scale = Scale.linear(ticks, Rows.LEFT, Rows.RIGHT);
        Markup svg = Rows.open(title, stacks.size(), scale, ticks, words);
        for (int i = 0; i < stacks.size(); i++) {
            Stack stack = stacks.get(i);
            int top = i * Rows.ROW_HEIGHT;
            Rows.label(svg, top, stack.server().nameStyle(), stack.server().brief(), words.apply(stack.total()), "");
            parts(svg, names, stack, scale, top + Rows.BAR_TOP, words);
        }
        return svg.close();
    }

    private static void parts(
            Markup svg, List<String> names, Stack stack, Scale scale, int top, DoubleFunction<String> words) {
        double begin = 0;
        for (int i = 0; i < names.size(); i++) {
            double part = stack.parts().get(i);
            if (part > 0) {
                svg.open(
                                "rect",
                                "class",
                                "bar part-" + i,
                                "x",
                                scale.percentAt(begin),
                                "y",
                                top,
                                "width",
                                Scale.percent(scale.at(begin + part) - scale.at(begin)),
                                "height",
                                Rows.BAR_HEIGHT)
                        .element("title", stack.server().name() + ", " + names.get(i) + ": " + words.apply(part))
                        .close();
            }
            begin += part;
        }
    }

    /** Names beside their fillings. */
    static Markup legend(List<String> names) {
        Markup legend = new Markup().open("ul", "class", "legend");
        for (int i = 0; i < names.size(); i++) {
            legend.open("li")
                    .add(Legend.filling("part-" + i))
                    .text(names.get(i))
                    .close();
        }
        return legend.close();
    }
}
