/* SPDX-License-Identifier: MIT
 *
 * A provider of prices for tests, on this machine, that behaves or misbehaves as it is asked to:
 *
 *     price_server DIR PORT_FILE LOG     serves DIR/SYMBOL.csv (Date,Open,High,Low,Close,Volume)
 *
 * GET
 * /KIND/ENDPOINT?symbol=S&from=D&to=D&page=N&offset=N&cursor=cN&size=N&t=FORM&newest=1&open=1&at=N&n=N
 *
 * KIND says how (the table below). open: `to` is excluded; at: only on that page (from 0); n: only
 * the first n times. ENDPOINT: csv, objects, arrays, columns, keyed (JSON), splits, dividends. The
 * log gets a line for each request. A child per connection; all end after five minutes.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BODY_MAX = 1 << 22, ROWS_MAX = 20000, COUNTERS = 4096, LIFE_SECONDS = 300 };

typedef struct row {
    char date[32], cell[5][24];
} row;

typedef struct request {
    int socket, port;
    char target[4096], kind[32], endpoint[32], query[4096];
    long page, size, at, times;
} request;

static const char *folder;
static unsigned *counters; /* shared by the children */
static row rows[ROWS_MAX];
static size_t row_count;
static char body[BODY_MAX];
static size_t body_length;

static void put(const char *format, ...) {
    va_list args;
    va_start(args, format);
    int n = vsnprintf(body + body_length, sizeof body - body_length, format, args);
    va_end(args);
    body_length += n > 0 ? (size_t)n : 0;
}

/* The value of a name in the query, percent-decoded. */
static bool value(const request *r, const char *name, char *out, size_t size) {
    size_t n = strlen(name);
    for (const char *at = r->query; *at; at += strcspn(at, "&") + (at[strcspn(at, "&")] == '&')) {
        if (strncmp(at, name, n) == 0 && at[n] == '=') {
            size_t used = 0;
            for (at += n + 1; *at && *at != '&' && used + 1 < size; at++) {
                unsigned code;
                if (*at == '%' && sscanf(at + 1, "%2x", &code) == 1) {
                    out[used++] = (char)code;
                    at += 2;
                } else {
                    out[used++] = *at;
                }
            }
            out[used] = 0;
            return true;
        }
    }
    out[0] = 0;
    return false;
}

static long number(const request *r, const char *name, long fallback) {
    char text[64];
    return value(r, name, text, sizeof text) && text[0] ? strtol(text, NULL, 10) : fallback;
}

/* Any form of a day as 2024-01-02. */
static void to_iso(const char *text, char out[16]) {
    size_t n = strlen(text);
    if (strchr(text, '-')) {
        snprintf(out, 16, "%.10s", text);
    } else if (n == 8) {
        snprintf(out, 16, "%.4s-%.2s-%.2s", text, text + 4, text + 6);
    } else {
        time_t seconds = (time_t)(strtoll(text, NULL, 10) / (n > 11 ? 1000 : 1));
        struct tm tm;
        gmtime_r(&seconds, &tm);
        strftime(out, 16, "%Y-%m-%d", &tm);
    }
}

static bool load(const request *r) {
    char symbol[64], text[64], from[16] = "0000", to[16] = "9999", path[4096], line[256];
    value(r, "symbol", symbol, sizeof symbol);
    if (value(r, "from", text, sizeof text) && text[0]) {
        to_iso(text, from);
    }
    if (value(r, "to", text, sizeof text) && text[0]) {
        to_iso(text, to);
    }
    bool open = number(r, "open", 0) != 0;
    snprintf(path, sizeof path, "%s/%s.csv", folder, symbol);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file) && row_count < ROWS_MAX) {
        row *w = &rows[row_count];
        if (isdigit((unsigned char)line[0]) &&
            sscanf(line, "%31[^,],%23[^,],%23[^,],%23[^,],%23[^,],%23[^,\r\n]", w->date, w->cell[0],
                   w->cell[1], w->cell[2], w->cell[3], w->cell[4]) == 6 &&
            strcmp(w->date, from) >= 0 && strcmp(w->date, to) <= (open ? -1 : 0)) {
            row_count++;
        }
    }
    if (file) {
        fclose(file);
    }
    for (size_t i = 0; number(r, "newest", 0) && i < row_count / 2; i++) {
        row swap = rows[i];
        rows[i] = rows[row_count - 1 - i];
        rows[row_count - 1 - i] = swap;
    }
    return file != NULL;
}

static const char *stamp(const request *r, const row *w, char *out, size_t size) {
    char form[16];
    struct tm tm = {0};
    value(r, "t", form, sizeof form);
    if (strcmp(form, "seconds") != 0 && strcmp(form, "millis") != 0) {
        snprintf(out, size, "\"%s\"", w->date);
        return out;
    }
    sscanf(w->date, "%d-%d-%d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
    tm.tm_year -= 1900;
    tm.tm_mon--;
    tm.tm_hour = 5; /* midnight in New York, in winter */
    snprintf(out, size, "%lld", (long long)timegm(&tm) * (form[0] == 'm' ? 1000 : 1));
    return out;
}

static void put_list(size_t first, size_t end, int column, const request *r) {
    char text[48];
    for (size_t i = first; i < end; i++) {
        put("%s%s", i > first ? "," : "",
            column < 0 ? stamp(r, &rows[i], text, sizeof text) : rows[i].cell[column]);
    }
}

static void put_json(const request *r, size_t first, size_t end) {
    static const char *const names[] = {"o", "h", "l", "c", "v"};
    char text[48];
    bool arrays = strcmp(r->endpoint, "arrays") == 0, keyed = strcmp(r->endpoint, "keyed") == 0;
    if (strcmp(r->endpoint, "columns") == 0) {
        put("{\"t\":[");
        put_list(first, end, -1, r);
        for (int c = 0; c < 5; c++) {
            put("],\"%s\":[", names[c]);
            put_list(first, end, c, r);
        }
        put("]}");
        return;
    }
    put(keyed ? "{" : "[");
    for (size_t i = first; i < end; i++) {
        const char *at = stamp(r, &rows[i], text, sizeof text);
        put("%s", i > first ? "," : "");
        if (arrays) {
            put("[%s", at);
        } else if (keyed) {
            put("%s:{\"x\":0", at);
        } else {
            put("{\"t\":%s", at);
        }
        for (int c = 0; c < 5; c++) {
            if (arrays) {
                put(",%s", rows[i].cell[c]);
            } else {
                put(",\"%s\":%s", names[c], rows[i].cell[c]);
            }
        }
        put(arrays ? "]" : "}");
    }
    put(keyed ? "}" : "]");
}

static void put_bars(const request *r) {
    size_t size = (size_t)r->size, first = (size_t)r->page * size, end = first + size;
    first = first < row_count ? first : row_count;
    end = end < row_count ? end : row_count;
    if (strcmp(r->endpoint, "csv") == 0) {
        put("Date,Open,High,Low,Close,Volume\n");
        for (size_t i = first; i < end; i++) {
            const row *w = &rows[i];
            put("%s,%s,%s,%s,%s,%s\n", w->date, w->cell[0], w->cell[1], w->cell[2], w->cell[3],
                w->cell[4]);
        }
        return;
    }
    put("{\"data\":{\"bars\":");
    put_json(r, first, end);
    put("}");
    if (strcmp(r->kind, "selfish") == 0) {
        put(",\"next\":\"c1\",\"link\":\"?cursor=c1\"");
    } else if (end < row_count || strcmp(r->kind, "repeat") == 0) {
        char symbol[64], key[256];
        long next = number(r, "cursor_number", r->page) + 1;
        value(r, "symbol", symbol, sizeof symbol);
        value(r, "key", key, sizeof key);
        put(",\"next\":\"c%ld\",\"link\":\"%s%s?symbol=%s&size=%ld&cursor=c%ld%s%s\"", next,
            strcmp(r->kind, "abroad") == 0 ? "http://127.0.0.2/ok/" : "", r->endpoint, symbol,
            r->size, next, key[0] ? "&key=" : "", key);
    }
    put("}\n");
}

static void put_actions(const request *r) {
    char path[4096], symbol[64];
    value(r, "symbol", symbol, sizeof symbol);
    snprintf(path, sizeof path, "%s/%s.%s", folder, symbol, r->endpoint);
    FILE *file = fopen(path, "r");
    if (file) {
        body_length = fread(body, 1, sizeof body - 1, file);
        fclose(file);
    } else {
        put("[]");
    }
}

static void send_all(int socket, const char *data, size_t length) {
    while (length > 0) {
        ssize_t n = write(socket, data, length);
        if (n <= 0) {
            _exit(0);
        }
        data += n;
        length -= (size_t)n;
    }
}

static void send_head(const request *r, const char *status, const char *more, long length) {
    char head[4800], size[64] = "";
    if (length >= 0) {
        snprintf(size, sizeof size, "Content-Length: %ld\r\n", length);
    }
    int n = snprintf(head, sizeof head, "HTTP/1.1 %s\r\n%s%sConnection: close\r\n\r\n", status,
                     size, more);
    send_all(r->socket, head, (size_t)n);
}

static void answer(const request *r, const char *status, const char *more) {
    send_head(r, status, more, (long)body_length);
    send_all(r->socket, body, body_length);
}

static void say(const char *text) {
    body_length = 0;
    put("%s", text);
}

/* ---- how it misbehaves */

static void limited(const request *r) {
    say("{\"error\":\"slow down\"}");
    answer(r, "429 Too Many Requests", "Retry-After: 1\r\n");
}
static void later(const request *r) {
    say("");
    answer(r, "429 Too Many Requests", "Retry-After: 9999\r\n");
}
static void broken(const request *r) {
    say("");
    answer(r, "500 Internal Server Error", "");
}
static void html(const request *r) {
    say("<!DOCTYPE html><html><body>We will be back soon.</body></html>");
    answer(r, "200 OK", "Content-Type: text/html\r\n");
}
static void half(const request *r) {
    send_head(r, "200 OK", "", (long)body_length);
    send_all(r->socket, body, body_length / 2);
}
static void cut(const request *r) { /* no length: that it is cut shows only in the text */
    send_head(r, "200 OK", "", -1);
    send_all(r->socket, body, body_length - 3);
}
static void drip(const request *r) {
    send_head(r, "200 OK", "", (long)body_length);
    for (size_t i = 0; i < body_length; i++) {
        send_all(r->socket, body + i, 1);
        usleep(100000);
    }
}
static void hang(const request *r) {
    char text[64];
    while (read(r->socket, text, sizeof text) > 0) { /* until the other side goes away */
    }
}
static void endless(const request *r) {
    send_head(r, "200 OK", "", -1);
    for (;;) {
        send_all(r->socket, body, body_length);
    }
}
static void too_short(const request *r) { /* a length that is not the body's */
    send_head(r, "200 OK", "", (long)body_length - 3);
    send_all(r->socket, body, body_length);
}
static void redirect(const request *r, const char *host, const char *kind) {
    char more[5000];
    snprintf(more, sizeof more, "Location: http://%s:%d/%s/%s?%s\r\n", host, r->port, kind,
             r->endpoint, r->query);
    say("");
    answer(r, "302 Found", more);
}
static void moved(const request *r) {
    redirect(r, "127.0.0.1", "ok");
}
static void away(const request *r) {
    redirect(r, "127.0.0.2", "ok");
}
static void circle(const request *r) {
    redirect(r, "127.0.0.1", "circle");
}
static void denied(const request *r) {
    body_length = 0;
    put("no access: %s", r->target);
    answer(r, "401 Unauthorized", "");
}
static void echo(const request *r) {
    body_length = 0;
    put("{\"error\":\"%s\"}", r->target);
    answer(r, "200 OK", "");
}
static void noise(const request *r) {
    send_all(r->socket, "\x16\x03\x01\x02 this is no HTTP\r\n\r\n", 22);
}
static void slow(const request *r) {
    usleep(300000);
    answer(r, "200 OK", "");
}
static void good(const request *r) {
    answer(r, "200 OK", "");
}

static const struct {
    const char *name;
    void (*answer)(const request *r);
} KINDS[] = {{"limited", limited}, {"later", later},     {"broken", broken}, {"html", html},
             {"half", half},       {"cut", cut},         {"drip", drip},     {"hang", hang},
             {"endless", endless}, {"short", too_short}, {"moved", moved},   {"away", away},
             {"circle", circle},   {"denied", denied},   {"echo", echo},     {"noise", noise},
             {"slow", slow},       {"ok", good}};

/* What an answer would be if all were well, but for values that are none. */
static void make_body(const request *r) {
    if (strcmp(r->endpoint, "splits") == 0 || strcmp(r->endpoint, "dividends") == 0) {
        put_actions(r);
        return;
    }
    bool here = r->at < 0 || r->at == r->page;
    if (here && row_count > 1 && strncmp(r->kind, "nan", 3) == 0) {
        size_t victim = (size_t)r->page * (size_t)r->size + 1;
        snprintf(rows[victim < row_count ? victim : 1].cell[3], 24, "%s",
                 strcmp(r->kind, "nantext") == 0 ? "\"NaN\"" : "NaN");
    }
    put_bars(r);
}

static void serve(request *r) {
    char cursor[64];
    sscanf(r->target, "/%31[^/]/%31[^?]?%4095s", r->kind, r->endpoint, r->query);
    r->size = number(r, "size", ROWS_MAX);
    r->page = number(r, "page", 1) - 1 + number(r, "offset", 0) / r->size;
    if (value(r, "cursor", cursor, sizeof cursor) && cursor[0] == 'c') {
        r->page = strtol(cursor + 1, NULL, 10);
    }
    r->at = number(r, "at", -1);
    r->times = number(r, "n", 1000000);
    long asked = r->page;
    if (strcmp(r->kind, "repeat") == 0 && (r->at < 0 || r->page > r->at)) {
        char more[32];
        snprintf(more, sizeof more, "&cursor_number=%ld", asked); /* the cursors go on */
        strncat(r->query, more, sizeof r->query - strlen(r->query) - 1);
        r->page = r->at < 0 ? 0 : r->at;
    }
    if (!load(r)) {
        say("{\"error\":\"unknown symbol\"}");
        answer(r, "404 Not Found", "");
        return;
    }
    make_body(r);
    unsigned slot = 0;
    for (const char *c = r->kind; *c; c++) {
        slot = slot * 31 + (unsigned char)*c;
    }
    for (const char *c = r->endpoint; *c; c++) {
        slot = slot * 31 + (unsigned char)*c;
    }
    slot = (slot + (unsigned)asked * 7919) % COUNTERS;
    bool here = (r->at < 0 || r->at == asked) &&
                (long)__atomic_fetch_add(&counters[slot], 1, __ATOMIC_SEQ_CST) < r->times;
    for (size_t i = 0; here && i < sizeof KINDS / sizeof KINDS[0]; i++) {
        if (strcmp(KINDS[i].name, r->kind) == 0) {
            KINDS[i].answer(r);
            return;
        }
    }
    good(r);
}

static void handle(int socket, int port, FILE *log) {
    static char text[8192];
    request r = {.socket = socket, .port = port};
    size_t used = 0;
    while (used + 1 < sizeof text && !strstr(text, "\r\n\r\n")) {
        ssize_t n = read(socket, text + used, sizeof text - 1 - used);
        if (n <= 0) {
            _exit(0);
        }
        used += (size_t)n;
        text[used] = 0;
    }
    sscanf(text, "GET %4095s", r.target);
    const char *key = strcasestr(text, "\nauthorization:");
    fprintf(log, "%s%.*s\n", r.target, key ? (int)strcspn(key + 1, "\r") + 1 : 0, key ? key : "");
    fflush(log);
    for (char *at = strchr(r.target, '\n'); at; at = NULL) {
        *at = 0;
    }
    serve(&r);
    shutdown(socket, SHUT_WR);
    while (read(socket, text, sizeof text) >
           0) { /* so that a close does not break off the answer */
    }
    _exit(0);
}

int main(int argc, char **argv) {
    if (argc != 4) {
        fprintf(stderr, "usage: price_server DIR PORT_FILE LOG\n");
        return 64;
    }
    folder = argv[1];
    FILE *log = fopen(argv[3], "a");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    counters = mmap(NULL, COUNTERS * sizeof *counters, PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (!log || counters == MAP_FAILED || bind(listener, (void *)&address, length) != 0 ||
        listen(listener, 64) != 0 || getsockname(listener, (void *)&address, &length) != 0) {
        perror("price_server");
        return 74;
    }
    signal(SIGCHLD, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    alarm(LIFE_SECONDS);
    char name[4096];
    snprintf(name, sizeof name, "%s.new", argv[2]);
    FILE *port = fopen(name, "w");
    if (!port || fprintf(port, "%d\n", ntohs(address.sin_port)) < 0 || fclose(port) != 0 ||
        rename(name, argv[2]) != 0) {
        perror(argv[2]);
        return 74;
    }
    for (;;) {
        int socket = accept(listener, NULL, NULL);
        if (socket >= 0 && fork() == 0) {
            alarm(LIFE_SECONDS);
            close(listener);
            handle(socket, ntohs(address.sin_port), log);
        }
        close(socket);
    }
}
