/* The HTTP/1.1 that both servers speak, without any I/O. */
#ifndef FLOOR_HTTP_H
#define FLOOR_HTTP_H

#include <stdbool.h>
#include <stddef.h>

/* The most bytes of a request's head; a longer one is answered 431. */
#define HTTP_HEAD_MAX 8192
/* The most bytes that /bytes/N answers. */
#define HTTP_BODY_MAX (1 << 20)
/* Room for the responses to a batch of pipelined requests. */
#define HTTP_SCRATCH_BYTES 16384

/* What is to be sent for the requests at the start of some input: data, and behind it body. */
struct http_answer {
    /* Constant bytes of the program, or the caller's scratch. */
    const char *data;
    size_t data_bytes;
    /* Constant bytes of the program. */
    const char *body;
    size_t body_bytes;
    /* Bytes of the input that are answered. */
    size_t consumed;
    /* More requests may be complete in the input: ask again when this is sent. */
    bool more;
    /* The connection ends with this. */
    bool close;
};

/* To be called once, before any thread calls http_answer. */
void http_init(void);

/* Answers the complete requests at the start of the input, as many as fit; none of them: data_bytes is 0. */
struct http_answer http_answer(const char *input, size_t input_bytes, char scratch[HTTP_SCRATCH_BYTES]);

#endif
