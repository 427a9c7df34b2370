package io.fastsocket.examples.proxy;

import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpStatusClass;

/** Netty's encoder, told which responses answer HEAD: they have the fields of a body and none. Used on one loop. */
final class ResponseEncoder extends HttpResponseEncoder {
    private boolean answersHead;

    /** Says whether the responses from here on answer a HEAD. */
    void answersHead(boolean head) {
        answersHead = head;
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpResponse response) {
        boolean interim = response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        return (answersHead && !interim) || super.isContentAlwaysEmpty(response);
    }
}
