package io.fastsocket.affinity.system;

/** A process that reads and sets one interface, a line of output for each thing it was told to do. */
final class EthtoolProbe {
    private EthtoolProbe() {}

    public static void main(String[] args) {
        Ethtool ethtool = new IoctlEthtool();
        for (int i = 1; i < args.length; i++) {
            System.out.println(line(ethtool, args[0], args[i]));
        }
    }

    private static String line(Ethtool ethtool, String interfaceName, String what) {
        try {
            return result(ethtool, interfaceName, what);
        } catch (EthtoolException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static String result(Ethtool ethtool, String interfaceName, String what) throws EthtoolException {
        if (what.equals("channels")) {
            return EthtoolSet.currentChannels(ethtool, interfaceName);
        }
        if (what.equals("coalescing")) {
            return EthtoolSet.currentCoalescing(ethtool, interfaceName);
        }
        if (what.startsWith("set channels ")) {
            EthtoolSet.channels(ethtool, interfaceName, what.substring("set channels ".length()));
            return "set";
        }
        EthtoolSet.coalescing(ethtool, interfaceName, what.substring("set coalescing ".length()));
        return "set";
    }
}
