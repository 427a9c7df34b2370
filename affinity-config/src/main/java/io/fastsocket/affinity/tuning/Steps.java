package io.fastsocket.affinity.tuning;

/** Told before everything that lasts: tests end the process there. */
interface Steps {
    Steps NONE = what -> {};

    void before(String what);
}
