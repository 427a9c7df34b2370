package io.fastsocket.examples.proxy;

import io.netty.handler.codec.http.HttpResponseStatus;

/** Why a request is not sent on: a status, and a line for whoever sent it. */
record Refusal(HttpResponseStatus status, String explanation) {}
