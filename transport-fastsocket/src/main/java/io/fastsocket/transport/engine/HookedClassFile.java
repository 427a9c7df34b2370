package io.fastsocket.transport.engine;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * A class file with its {@code shutdownOutput(ChannelPromise)} renamed, and a new one that passes the channel and the promise to a
 * function in a static field.
 *
 * @see <a href="https://docs.oracle.com/javase/specs/jvms/se17/html/jvms-4.html">JVM specification, 4</a>
 */
final class HookedClassFile {
    /** Of type {@link java.util.function.BiFunction}, public and static. */
    static final String HOOK_FIELD = "fastsocket$shutdownOutput";

    static final String RENAMED_METHOD = "fastsocket$shutdownOutputAtOnce";

    private static final String METHOD = "shutdownOutput";
    private static final String PROMISE_TO_FUTURE =
            "(Lio/netty/channel/ChannelPromise;)Lio/netty/channel/ChannelFuture;";

    private static final int UTF8 = 1;
    private static final int CLASS = 7;
    private static final int FIELD_REF = 9;
    private static final int INTERFACE_METHOD_REF = 11;
    private static final int NAME_AND_TYPE = 12;

    private static final int PUBLIC = 1;
    private static final int STATIC = 8;
    private static final int SYNTHETIC = 0x1000;

    /** Magic number and version. */
    private static final int HEADER_BYTES = 8;

    private final DataInputStream in;
    private final ByteArrayOutputStream constants = new ByteArrayOutputStream();
    private final DataOutputStream newConstants = new DataOutputStream(constants);
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(body);
    private final Map<Integer, String> texts = new HashMap<>();
    private int constantCount;
    private int thisClass;
    private int fieldName;
    private int fieldType;

    private HookedClassFile(byte[] original) {
        in = new DataInputStream(new ByteArrayInputStream(original));
    }

    /**
     * @throws IOException when the class has no such method, or is no class
     */
    static byte[] of(byte[] original) throws IOException {
        return new HookedClassFile(original).hooked();
    }

    private byte[] hooked() throws IOException {
        byte[] header = in.readNBytes(HEADER_BYTES);
        copyConstants();
        copyUntilMembers();
        copyMembersAndOneMore(false);
        addField();
        copyMembersAndOneMore(true);
        addMethod();
        out.write(in.readAllBytes());

        ByteArrayOutputStream file = new ByteArrayOutputStream();
        DataOutputStream all = new DataOutputStream(file);
        all.write(header);
        all.writeShort(constantCount);
        constants.writeTo(all);
        body.writeTo(all);
        return file.toByteArray();
    }

    // ---- constants

    private void copyConstants() throws IOException {
        constantCount = in.readUnsignedShort();
        for (int i = 1; i < constantCount; i++) {
            int tag = in.readUnsignedByte();
            newConstants.writeByte(tag);
            switch (tag) {
                case UTF8 -> {
                    String text = in.readUTF();
                    texts.put(i, text);
                    newConstants.writeUTF(text);
                }
                case 7, 8, 16, 19, 20 -> newConstants.write(in.readNBytes(2));
                case 15 -> newConstants.write(in.readNBytes(3));
                case 3, 4, 9, 10, 11, 12, 17, 18 -> newConstants.write(in.readNBytes(4));
                case 5, 6 -> {
                    newConstants.write(in.readNBytes(8));
                    // These take two places.
                    i++;
                }
                default -> throw new IOException("class file not understood: constant=" + i + ", tag=" + tag);
            }
        }
    }

    private int utf8(String text) throws IOException {
        newConstants.writeByte(UTF8);
        newConstants.writeUTF(text);
        return constantCount++;
    }

    private int classConstant(int name) throws IOException {
        newConstants.writeByte(CLASS);
        newConstants.writeShort(name);
        return constantCount++;
    }

    private int pair(int tag, int first, int second) throws IOException {
        newConstants.writeByte(tag);
        newConstants.writeShort(first);
        newConstants.writeShort(second);
        return constantCount++;
    }

    // ---- fields and methods

    private void copyUntilMembers() throws IOException {
        out.write(in.readNBytes(2));
        thisClass = in.readUnsignedShort();
        out.writeShort(thisClass);
        out.write(in.readNBytes(2));
        int interfaces = in.readUnsignedShort();
        out.writeShort(interfaces);
        out.write(in.readNBytes(2 * interfaces));
    }

    /** Copies the fields, or the methods and renames one; says that one follows. */
    private void copyMembersAndOneMore(boolean rename) throws IOException {
        int count = in.readUnsignedShort();
        out.writeShort(count + 1);
        boolean renamed = false;
        for (int i = 0; i < count; i++) {
            out.write(in.readNBytes(2));
            int name = in.readUnsignedShort();
            int type = in.readUnsignedShort();
            boolean hook = rename && METHOD.equals(texts.get(name)) && PROMISE_TO_FUTURE.equals(texts.get(type));
            renamed |= hook;
            out.writeShort(hook ? utf8(RENAMED_METHOD) : name);
            out.writeShort(type);
            copyAttributes();
        }
        if (rename && !renamed) {
            throw new IOException("class file has no " + METHOD + PROMISE_TO_FUTURE);
        }
    }

    private void copyAttributes() throws IOException {
        int count = in.readUnsignedShort();
        out.writeShort(count);
        for (int i = 0; i < count; i++) {
            out.write(in.readNBytes(2));
            int length = in.readInt();
            out.writeInt(length);
            out.write(in.readNBytes(length));
        }
    }

    private void addField() throws IOException {
        fieldName = utf8(HOOK_FIELD);
        fieldType = utf8("Ljava/util/function/BiFunction;");
        out.writeShort(PUBLIC | STATIC | SYNTHETIC);
        out.writeShort(fieldName);
        out.writeShort(fieldType);
        out.writeShort(0);
    }

    private void addMethod() throws IOException {
        int field = pair(FIELD_REF, thisClass, pair(NAME_AND_TYPE, fieldName, fieldType));
        int function = classConstant(utf8("java/util/function/BiFunction"));
        int apply = pair(
                INTERFACE_METHOD_REF,
                function,
                pair(NAME_AND_TYPE, utf8("apply"), utf8("(Ljava/lang/Object;Ljava/lang/Object;)Ljava/lang/Object;")));
        int future = classConstant(utf8("io/netty/channel/ChannelFuture"));
        byte[] code = ByteBuffer.allocate(14)
                .put((byte) 0xb2) // getstatic
                .putShort((short) field)
                .put((byte) 0x2a) // aload_0
                .put((byte) 0x2b) // aload_1
                .put((byte) 0xb9) // invokeinterface, with three words of arguments
                .putShort((short) apply)
                .put((byte) 3)
                .put((byte) 0)
                .put((byte) 0xc0) // checkcast
                .putShort((short) future)
                .put((byte) 0xb0) // areturn
                .array();
        out.writeShort(PUBLIC | SYNTHETIC);
        out.writeShort(utf8(METHOD));
        out.writeShort(utf8(PROMISE_TO_FUTURE));
        out.writeShort(1);
        out.writeShort(utf8("Code"));
        // Stack and locals, the code with its length, no exceptions, no attributes.
        out.writeInt(12 + code.length);
        out.writeShort(3);
        out.writeShort(2);
        out.writeInt(code.length);
        out.write(code);
        out.writeShort(0);
        out.writeShort(0);
    }
}
