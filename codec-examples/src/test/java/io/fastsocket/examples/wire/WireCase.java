package io.fastsocket.examples.wire;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What clients and origins send through a proxy, step by step, and what must come of it. After the last step, another client
 * always gets its own answer.
 */
final class WireCase {
    /** One thing that an end does, or that must come to it. */
    @FunctionalInterface
    interface Step {
        void play(Scene scene) throws IOException;
    }

    private final String name;
    private final String rule;
    private final List<Step> steps = new ArrayList<>();
    private Origins origins = Origins.ONE;

    /** Who is behind the proxy. */
    enum Origins {
        ONE,
        TWO,
        /** One that accepts connections, and a port where nobody listens. */
        ONE_OF_TWO_REFUSES,
        NONE_LISTENS;

        int listening() {
            return this == TWO ? 2 : this == NONE_LISTENS ? 0 : 1;
        }
    }

    private WireCase(String name, String rule) {
        this.name = name;
        this.rule = rule;
    }

    /**
     * A case without steps.
     *
     * @param name the rule that it holds
     * @param rule where it comes from
     */
    static WireCase wire(String name, String rule) {
        return new WireCase(name, rule);
    }

    String name() {
        return name;
    }

    String rule() {
        return rule;
    }

    Origins origins() {
        return origins;
    }

    @Override
    public String toString() {
        return name;
    }

    /** @throws Unmet at the first step that comes out otherwise */
    void play(Scene scene) throws IOException {
        for (Step step : steps) {
            step.play(scene);
        }
        if (origins.listening() > 0) {
            scene.servesOthers();
        }
    }

    private WireCase step(Step step) {
        steps.add(step);
        return this;
    }

    WireCase before(Origins behind) {
        origins = behind;
        return this;
    }

    // ---- clients

    WireCase send(String bytes) {
        return step(scene -> scene.client().send(bytes));
    }

    /** A byte at a time. */
    WireCase sendSlowly(String bytes) {
        return step(scene -> byByte(scene.client(), bytes));
    }

    private static void byByte(Endpoint at, String bytes) {
        for (int i = 0; i < bytes.length(); i++) {
            at.send(bytes.substring(i, i + 1));
        }
    }

    WireCase clientEndsItsSide() {
        return step(scene -> scene.client().shut());
    }

    WireCase clientCloses() {
        return step(scene -> scene.client().close());
    }

    WireCase clientResets() {
        return step(scene -> scene.client().reset());
    }

    WireCase clientReadsNothing(boolean nothing) {
        return step(scene -> scene.client().readsNothing(nothing));
    }

    WireCase nextClient() {
        return step(Scene::connect);
    }

    WireCase client(int nth) {
        return step(scene -> scene.client(nth));
    }

    WireCase gets(int status, Check... checks) {
        return step(scene -> scene.gets(status, false, checks));
    }

    /** A response to HEAD. */
    WireCase getsBodyless(int status, Check... checks) {
        return step(scene -> scene.gets(status, true, checks));
    }

    WireCase getsHead(int status, Check... checks) {
        return step(scene -> scene.getsHead(status, checks));
    }

    WireCase clientReads(String bytes) {
        return step(scene -> scene.clientReads(bytes));
    }

    WireCase closed() {
        return step(Scene::clientIsClosed);
    }

    WireCase cut() {
        return step(Scene::clientIsCut);
    }

    WireCase kept() {
        return step(Scene::clientIsKept);
    }

    /** Answered with one of these, closed, and nothing of it reaches an origin. */
    WireCase refused(int... statuses) {
        Set<Integer> any = IntStream.of(statuses).boxed().collect(Collectors.toSet());
        return step(scene -> scene.refuses(any));
    }

    /** Answered with this within its body, closed, and the request is never whole at an origin. */
    WireCase refusedBody(int status) {
        return step(scene -> scene.refusesBody(status));
    }

    /** The client's connection ends, answered or not, and no origin has heard of it. */
    WireCase leavesNothing() {
        return step(Scene::leavesNothing);
    }

    /** A gateway's failure, with whichever status. */
    WireCase getsGatewayFailure() {
        return step(Scene::getsGatewayFailure);
    }

    // ---- origins

    WireCase arrives(String startLine, Check... checks) {
        return step(scene -> scene.arrives(startLine, checks));
    }

    WireCase headArrives(String startLine, Check... checks) {
        return step(scene -> scene.headArrives(startLine, checks));
    }

    WireCase restArrives(Check... checks) {
        return step(scene -> scene.restArrives(checks));
    }

    WireCase answer(String bytes) {
        return step(scene -> scene.origin().send(bytes));
    }

    /** A byte at a time. */
    WireCase answerSlowly(String bytes) {
        return step(scene -> byByte(scene.origin(), bytes));
    }

    WireCase originReads(String bytes) {
        return step(scene -> scene.originReads(bytes));
    }

    WireCase originEndsItsSide() {
        return step(scene -> scene.origin().shut());
    }

    /** These bytes have come behind the head that arrived, and are still of its body. */
    WireCase partArrives(String bytes) {
        return step(scene -> scene.partArrives(bytes));
    }

    /** Goes back to the connection that an origin accepted as the nth, from 0. */
    WireCase origin(int nth) {
        return step(scene -> scene.origin(nth));
    }

    /** The origin has its side ended by the proxy. */
    WireCase originClosed() {
        return step(Scene::originIsClosed);
    }

    WireCase originCloses() {
        return step(scene -> scene.origin().close());
    }

    WireCase originResets() {
        return step(scene -> scene.origin().reset());
    }

    /** Nothing has come behind the head that arrived, up to now. */
    WireCase originHasNoMore() {
        return step(scene -> scene.originHasNoMore());
    }

    /** The client's connection ends, and no origin gets another request. */
    WireCase leavesNoMore() {
        return step(Scene::leavesNoMore);
    }

    /** Messages of a byte, in turn. */
    WireCase turns(int count) {
        return step(scene -> {
            for (int i = 0; i < count; i++) {
                String message = String.valueOf((char) ('a' + i % 26));
                scene.client().send(message);
                scene.originReads(message);
                scene.origin().send(message);
                scene.clientReads(message);
            }
        });
    }

    // ---- what is often so

    /** The request of {@code arrives} is answered 200 and {@code ok}, which the client gets. */
    WireCase served() {
        return answer(Text.OK).gets(200, Check.body("ok"));
    }
}
