package io.fastsocket.examples.tls;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.BiFunction;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLProtocolException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A server's engine of the JDK, which grants a client more than a server can bear:
 *
 * <ul>
 *   <li>Another handshake at any time, up to TLS 1.2. It costs the server much more than the client, and until it is over nothing can
 *       be written, which never comes where the server reads no more before its answers are taken.
 *   <li>Key updates without end, in TLS 1.3. Each is answered, whether or not the client takes the answers.
 * </ul>
 *
 * <p>It also tells of what it cannot read by an {@link SSLException} always, also where the JDK stumbles over it. Used by one event
 * loop.
 */
final class StrictEngine extends SSLEngine {
    /** Records without data after the handshake, both ways: tickets, a few key updates, the end. */
    private static final int BARE_RECORDS_MAX = 128;

    private final SSLEngine engine;
    private boolean established;
    private int bareRecords;

    StrictEngine(SSLEngine engine) {
        super(engine.getPeerHost(), engine.getPeerPort());
        this.engine = engine;
    }

    @Override
    public SSLEngineResult unwrap(ByteBuffer source, ByteBuffer[] targets, int offset, int length) throws SSLException {
        SSLEngineResult result = readable(() -> engine.unwrap(source, targets, offset, length));
        if (established && result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
            throw new SSLHandshakeException("the client began a second handshake");
        }
        count(result, result.bytesConsumed() > 0 && result.bytesProduced() == 0);
        return result;
    }

    @Override
    public SSLEngineResult wrap(ByteBuffer[] sources, int offset, int length, ByteBuffer target) throws SSLException {
        SSLEngineResult result = readable(() -> engine.wrap(sources, offset, length, target));
        count(result, result.bytesConsumed() == 0 && result.bytesProduced() > 0);
        return result;
    }

    private interface Step {
        SSLEngineResult run() throws SSLException;
    }

    /** The tasks of a handshake, too, fail in the step behind them. */
    private static SSLEngineResult readable(Step step) throws SSLException {
        try {
            return step.run();
        } catch (RuntimeException stumbled) {
            SSLException unreadable = new SSLProtocolException("the client's messages cannot be handled: " + stumbled);
            unreadable.initCause(stumbled);
            throw unreadable;
        }
    }

    private void count(SSLEngineResult result, boolean isBare) throws SSLException {
        if (established && isBare && ++bareRecords > BARE_RECORDS_MAX) {
            throw new SSLProtocolException("more than " + BARE_RECORDS_MAX + " records without data");
        }
        established |= result.getHandshakeStatus() == HandshakeStatus.FINISHED;
    }

    // ---- as it is

    @Override
    public @Nullable Runnable getDelegatedTask() {
        return engine.getDelegatedTask();
    }

    @Override
    public void closeInbound() throws SSLException {
        engine.closeInbound();
    }

    @Override
    public boolean isInboundDone() {
        return engine.isInboundDone();
    }

    @Override
    public void closeOutbound() {
        engine.closeOutbound();
    }

    @Override
    public boolean isOutboundDone() {
        return engine.isOutboundDone();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return engine.getSupportedCipherSuites();
    }

    @Override
    public String[] getEnabledCipherSuites() {
        return engine.getEnabledCipherSuites();
    }

    @Override
    public void setEnabledCipherSuites(String[] suites) {
        engine.setEnabledCipherSuites(suites);
    }

    @Override
    public String[] getSupportedProtocols() {
        return engine.getSupportedProtocols();
    }

    @Override
    public String[] getEnabledProtocols() {
        return engine.getEnabledProtocols();
    }

    @Override
    public void setEnabledProtocols(String[] protocols) {
        engine.setEnabledProtocols(protocols);
    }

    @Override
    public SSLSession getSession() {
        return engine.getSession();
    }

    @Override
    public @Nullable SSLSession getHandshakeSession() {
        return engine.getHandshakeSession();
    }

    @Override
    public void beginHandshake() throws SSLException {
        engine.beginHandshake();
    }

    @Override
    public HandshakeStatus getHandshakeStatus() {
        return engine.getHandshakeStatus();
    }

    @Override
    public void setUseClientMode(boolean mode) {
        engine.setUseClientMode(mode);
    }

    @Override
    public boolean getUseClientMode() {
        return engine.getUseClientMode();
    }

    @Override
    public void setNeedClientAuth(boolean need) {
        engine.setNeedClientAuth(need);
    }

    @Override
    public boolean getNeedClientAuth() {
        return engine.getNeedClientAuth();
    }

    @Override
    public void setWantClientAuth(boolean want) {
        engine.setWantClientAuth(want);
    }

    @Override
    public boolean getWantClientAuth() {
        return engine.getWantClientAuth();
    }

    @Override
    public void setEnableSessionCreation(boolean enabled) {
        engine.setEnableSessionCreation(enabled);
    }

    @Override
    public boolean getEnableSessionCreation() {
        return engine.getEnableSessionCreation();
    }

    @Override
    public SSLParameters getSSLParameters() {
        return engine.getSSLParameters();
    }

    @Override
    public void setSSLParameters(SSLParameters parameters) {
        engine.setSSLParameters(parameters);
    }

    @Override
    public @Nullable String getApplicationProtocol() {
        return engine.getApplicationProtocol();
    }

    @Override
    public @Nullable String getHandshakeApplicationProtocol() {
        return engine.getHandshakeApplicationProtocol();
    }

    @Override
    public void setHandshakeApplicationProtocolSelector(
            @Nullable BiFunction<SSLEngine, List<String>, String> selector) {
        engine.setHandshakeApplicationProtocolSelector(selector);
    }

    @Override
    public @Nullable BiFunction<SSLEngine, List<String>, String> getHandshakeApplicationProtocolSelector() {
        return engine.getHandshakeApplicationProtocolSelector();
    }
}
