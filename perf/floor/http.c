#define _GNU_SOURCE
#include "http.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* The most bytes of one response without its body. */
#define RESPONSE_MAX 160
#define TEXT_HEAD "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 13\r\n"
#define TEXT "Hello, World!"
#define KEEP_SAID "connection: keep-alive\r\n"
#define CLOSE_SAID "connection: close\r\n"

/* How the connection goes on: HTTP/1.1 keeps it without a word, HTTP/1.0 only if both say so. */
enum next { KEEP, KEEP_IN_WORDS, CLOSE };

static const char *const next_fields[] = {"", KEEP_SAID, CLOSE_SAID};
static const char *const texts[] = {
    TEXT_HEAD "\r\n" TEXT, TEXT_HEAD KEEP_SAID "\r\n" TEXT, TEXT_HEAD CLOSE_SAID "\r\n" TEXT};
static size_t text_bytes[3];
static char body_block[HTTP_BODY_MAX];

struct request {
    const char *target;
    size_t target_bytes;
    bool get;
    bool head;
    bool has_body;
    bool malformed;
    enum next next;
};

void http_init(void) {
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        text_bytes[i] = strlen(texts[i]);
    for (size_t i = 0; i < sizeof body_block; i++)
        body_block[i] = "0123456789abcdef"[i & 15];
}

static bool is(const char *bytes, size_t count, const char *word) {
    return count == strlen(word) && memcmp(bytes, word, count) == 0;
}

static bool names(const char *line, size_t count, const char *field) {
    size_t field_bytes = strlen(field);
    return count > field_bytes && line[field_bytes] == ':' && strncasecmp(line, field, field_bytes) == 0;
}

/* Whether a list such as "keep-alive, upgrade" names an option. */
static bool lists(const char *value, const char *end, const char *option) {
    size_t option_bytes = strlen(option);
    while (value < end) {
        const char *comma = memchr(value, ',', (size_t)(end - value));
        const char *stop = comma ? comma : end;
        const char *item = value;
        while (item < stop && (*item == ' ' || *item == '\t'))
            item++;
        const char *item_end = stop;
        while (item_end > item && (item_end[-1] == ' ' || item_end[-1] == '\t'))
            item_end--;
        if ((size_t)(item_end - item) == option_bytes && strncasecmp(item, option, option_bytes) == 0)
            return true;
        value = stop + 1;
    }
    return false;
}

/* The head ends in an empty line, so that every search for an end of line below finds one. */
static struct request parse(const char *head, size_t head_bytes) {
    struct request request = {.next = KEEP};
    const char *end = head + head_bytes - 2;
    const char *line_end = memmem(head, head_bytes, "\r\n", 2);
    const char *target = memchr(head, ' ', (size_t)(line_end - head));
    const char *version = target ? memchr(target + 1, ' ', (size_t)(line_end - target - 1)) : NULL;
    if (!version || line_end - version != 9 || memcmp(version, " HTTP/1.", 8) != 0) {
        request.malformed = true;
        return request;
    }
    bool old = version[8] == '0';
    request.get = is(head, (size_t)(target - head), "GET");
    request.head = is(head, (size_t)(target - head), "HEAD");
    request.target = target + 1;
    request.target_bytes = (size_t)(version - target - 1);
    bool close = false, keep = false;
    for (const char *line = line_end + 2; line < end; line = line_end + 2) {
        line_end = memmem(line, (size_t)(end + 2 - line), "\r\n", 2);
        size_t count = (size_t)(line_end - line);
        /* Most fields are told apart by their first letter. */
        if ((*line | 32) == 'c' && names(line, count, "connection")) {
            close |= lists(line + 11, line_end, "close");
            keep |= lists(line + 11, line_end, "keep-alive");
        } else if ((*line | 32) == 'c' && names(line, count, "content-length")) {
            request.has_body |= !lists(line + 15, line_end, "0");
        } else if ((*line | 32) == 't' && names(line, count, "transfer-encoding")) {
            request.has_body = true;
        }
    }
    request.next = close || (old && !keep) ? CLOSE : old ? KEEP_IN_WORDS : KEEP;
    return request;
}

/* The N of /bytes/N, or -1. */
static long bytes_asked_for(const struct request *request) {
    static const char prefix[] = "/bytes/";
    size_t prefix_bytes = sizeof prefix - 1;
    if (request->target_bytes <= prefix_bytes || memcmp(request->target, prefix, prefix_bytes) != 0)
        return -1;
    long count = 0;
    for (size_t i = prefix_bytes; i < request->target_bytes; i++) {
        char digit = request->target[i];
        if (digit < '0' || digit > '9' || count > HTTP_BODY_MAX)
            return -1;
        count = count * 10 + (digit - '0');
    }
    return count <= HTTP_BODY_MAX ? count : -1;
}

/* A status without a body. */
static size_t status(char *to, const char *line, enum next next) {
    return (size_t)snprintf(
        to, RESPONSE_MAX, "HTTP/1.1 %s\r\ncontent-length: 0\r\n%s\r\n", line, next_fields[next]);
}

static size_t bytes_head(char *to, long count, enum next next) {
    return (size_t)snprintf(
        to, RESPONSE_MAX,
        "HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\ncontent-length: %ld\r\n%s\r\n", count,
        next_fields[next]);
}

struct http_answer http_answer(const char *input, size_t input_bytes, char scratch[HTTP_SCRATCH_BYTES]) {
    struct http_answer answer = {.data = scratch};
    while (!answer.close && !answer.body_bytes && answer.consumed < input_bytes) {
        const char *head = input + answer.consumed;
        size_t left = input_bytes - answer.consumed;
        char *to = scratch + answer.data_bytes;
        if (answer.data_bytes + RESPONSE_MAX > HTTP_SCRATCH_BYTES) {
            answer.more = true;
            break;
        }
        const char *head_end = memmem(head, left < HTTP_HEAD_MAX ? left : HTTP_HEAD_MAX, "\r\n\r\n", 4);
        if (!head_end) {
            if (left >= HTTP_HEAD_MAX) {
                answer.data_bytes += status(to, "431 Request Header Fields Too Large", CLOSE);
                answer.close = true;
            }
            break;
        }
        size_t head_bytes = (size_t)(head_end + 4 - head);
        struct request request = parse(head, head_bytes);
        answer.consumed += head_bytes;
        answer.close = request.next == CLOSE;
        long count;
        if (request.malformed) {
            answer.data_bytes += status(to, "400 Bad Request", CLOSE);
            answer.close = true;
        } else if ((!request.get && !request.head) || request.has_body) {
            /* Its body is not read, so that nothing behind it can be. */
            answer.data_bytes += status(to, "405 Method Not Allowed", CLOSE);
            answer.close = true;
        } else if (is(request.target, request.target_bytes, "/")) {
            const char *text = texts[request.next];
            size_t count_of_text = text_bytes[request.next] - (request.head ? sizeof TEXT - 1 : 0);
            if (answer.data_bytes == 0 && answer.consumed == input_bytes) {
                answer.data = text;
            } else {
                memcpy(to, text, count_of_text);
            }
            answer.data_bytes += count_of_text;
        } else if ((count = bytes_asked_for(&request)) >= 0) {
            answer.data_bytes += bytes_head(to, count, request.next);
            answer.body = body_block;
            answer.body_bytes = request.head ? 0 : (size_t)count;
            answer.more = !answer.close;
        } else {
            answer.data_bytes += status(to, "404 Not Found", request.next);
        }
    }
    return answer;
}
