package io.fastsocket.transport;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import io.fastsocket.affinity.CpuSet;
import io.fastsocket.transport.connect.FlowMode;
import io.fastsocket.transport.connect.FlowStats;
import io.fastsocket.transport.engine.StepDownCause;
import io.fastsocket.transport.listen.LoopListener;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Holds the edges that {@code docs/ARCHITECTURE.md} draws between the packages of the two libraries. */
class ArchitectureTest {
    private static final String ROOT = "io.fastsocket.transport";
    private static final String LISTEN = "io.fastsocket.transport.listen..";
    private static final String CONNECT = "io.fastsocket.transport.connect..";
    private static final String ENGINE = "io.fastsocket.transport.engine..";
    private static final String KERNEL = "io.fastsocket.transport.kernel..";
    private static final String METRICS = "io.fastsocket.transport.metrics..";
    private static final String AFFINITY = "io.fastsocket.affinity";
    private static final String SYSTEM = "io.fastsocket.affinity.system";
    private static final String TUNING = "io.fastsocket.affinity.tuning";
    private static final String COMMANDS = "io.fastsocket.affinity.cli";

    /** What the public methods of the event loop group take and answer. */
    private static final DescribedPredicate<JavaClass> VALUES_OF_THE_ROOT = JavaClass.Predicates.belongToAnyOf(
            FlowMode.class, FlowStats.class, StepDownCause.class, LoopListener.class);

    /** The compiled main classes of affinity-config and transport-fastsocket, whatever package they are in. */
    private static JavaClasses ours;

    @BeforeAll
    static void readClasses() throws URISyntaxException {
        ours = new ClassFileImporter().importLocations(Set.of(locationOf(CpuSet.class), locationOf(FastSocket.class)));
    }

    /** A directory while one module is built, a jar when the other has been packaged. */
    private static Location locationOf(Class<?> member) throws URISyntaxException {
        Path path = Path.of(
                member.getProtectionDomain().getCodeSource().getLocation().toURI());
        return Files.isDirectory(path) ? Location.of(path) : Location.of(URI.create("jar:" + path.toUri() + "!/"));
    }

    // ---- edges

    @Test
    void nothingBelowKnowsTheRoot() {
        noClasses()
                .that()
                .resideInAnyPackage(LISTEN, CONNECT, ENGINE, KERNEL, AFFINITY)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT, METRICS)
                .check(ours);
    }

    @Test
    void theWayInUsesEngineKernelAndAffinityOnly() {
        classes()
                .that()
                .resideInAPackage(LISTEN)
                .should()
                .onlyDependOnClassesThat(outsideOurs().or(inPackages(LISTEN, ENGINE, KERNEL, AFFINITY)))
                .check(ours);
    }

    @Test
    void theWayOutUsesEngineKernelAndAffinityOnly() {
        classes()
                .that()
                .resideInAPackage(CONNECT)
                .should()
                .onlyDependOnClassesThat(outsideOurs().or(inPackages(CONNECT, ENGINE, KERNEL, AFFINITY, SYSTEM)))
                .check(ours);
    }

    @Test
    void enginesUseKernelAndAffinityOnly() {
        classes()
                .that()
                .resideInAPackage(ENGINE)
                .should()
                .onlyDependOnClassesThat(outsideOurs().or(inPackages(ENGINE, KERNEL, AFFINITY)))
                .check(ours);
    }

    @Test
    void kernelUsesTheJdkUnixCommonAndJnaOnly() {
        classes()
                .that()
                .resideInAPackage(KERNEL)
                .should()
                .onlyDependOnClassesThat(
                        inPackages(KERNEL, "java..", "io.netty.channel.unix..", "com.sun.jna..", "org.jspecify..")
                                .or(primitives()))
                .check(ours);
    }

    @Test
    void metersUseWhatAUserMay() {
        classes()
                .that()
                .resideInAPackage(METRICS)
                .should()
                .onlyDependOnClassesThat(
                        outsideOurs().or(inPackages(METRICS, ROOT, AFFINITY)).or(VALUES_OF_THE_ROOT))
                .check(ours);
    }

    @Test
    void metersAloneNameMicrometer() {
        noClasses()
                .that()
                .resideOutsideOfPackage(METRICS)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.micrometer..")
                .check(ours);
    }

    @Test
    void placementKnowsNoChannels() {
        classes()
                .that()
                .resideInAPackage(AFFINITY)
                .should()
                .onlyDependOnClassesThat(inPackages(
                                AFFINITY,
                                SYSTEM,
                                "java..",
                                "io.netty.util..",
                                "net.openhft.affinity..",
                                "org.snakeyaml.engine..",
                                "org.jspecify..")
                        .or(primitives()))
                .check(ours);
    }

    @Test
    void theDoorToTheSystemUsesTheJdkAndJnaOnly() {
        classes()
                .that()
                .resideInAPackage(SYSTEM)
                .should()
                .onlyDependOnClassesThat(inPackages(SYSTEM, "java..", "com.sun.jna..", "org.jspecify..")
                        .or(primitives()))
                .check(ours);
    }

    @Test
    void tuningUsesPlacementSystemAndJacksonOnly() {
        classes()
                .that()
                .resideInAPackage(TUNING)
                .should()
                .onlyDependOnClassesThat(
                        inPackages(TUNING, AFFINITY, SYSTEM, "java..", "com.fasterxml.jackson..", "org.jspecify..")
                                .or(primitives()))
                .check(ours);
    }

    @Test
    void theTransportNeedsNothingOfTheTool() {
        noClasses()
                .that()
                .resideInAPackage("io.fastsocket.transport..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(TUNING, COMMANDS)
                .check(ours);
    }

    // ---- who may name what

    @Test
    void enginesAloneNameTheClassesOfATransport() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ENGINE)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.netty.incubator..",
                        "io.netty.channel.epoll..",
                        "io.netty.channel.nio..",
                        "io.netty.channel.socket.nio..")
                .check(ours);
    }

    @Test
    void pinningAloneNamesOpenHft() {
        noClasses()
                .that()
                .haveNameNotMatching("io\\.fastsocket\\.affinity\\.PinnedThreadFactory")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("net.openhft..")
                .check(ours);
    }

    // ---- how it is written

    @Test
    void everyClassLivesInOurPackages() {
        classes().should().resideInAPackage("io.fastsocket..").check(ours);
    }

    @Test
    void everyPackageIsNullMarked() {
        List<String> unmarked = ours.stream()
                .map(JavaClass::getPackage)
                .distinct()
                .filter(found -> !found.isAnnotatedWith(NullMarked.class))
                .map(JavaPackage::getName)
                .sorted()
                .collect(Collectors.toList());

        assertThat(unmarked)
                .describedAs("packages without a package-info.java that says @NullMarked")
                .isEmpty();
    }

    @Test
    void nothingSleeps() {
        noClasses()
                .should()
                .callMethodWhere(target(name("sleep"))
                        .and(target(owner(describe(
                                "Thread or TimeUnit",
                                (JavaClass type) ->
                                        type.isAssignableTo(Thread.class) || type.isEquivalentTo(TimeUnit.class))))))
                .check(ours);
    }

    @Test
    void librariesDoNotPrint() {
        NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(ours.that(
                describe("no class of a command", type -> !type.getPackageName().equals(COMMANDS))));
    }

    private static DescribedPredicate<JavaClass> inPackages(String... packages) {
        return JavaClass.Predicates.resideInAnyPackage(packages);
    }

    private static DescribedPredicate<JavaClass> outsideOurs() {
        return JavaClass.Predicates.resideOutsideOfPackage("io.fastsocket..");
    }

    private static DescribedPredicate<JavaClass> primitives() {
        return describe("a primitive or an array of it", type -> type.getBaseComponentType()
                .isPrimitive());
    }
}
