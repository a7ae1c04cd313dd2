/* SPDX-License-Identifier: MIT
 *
 * Scripts as the host sees them: what a bad file says, the cap on memory, the state as bytes and
 * back, what runs the same in every state, and that a file that does not load replaces nothing.
 */
#include "base/mem.h"
#include "bind/bind.h"
#include "engine/engine.h"
#include "host/internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char path[64];

#define HEAD "local qm = require \"qm\"\nreturn qm.strategy {\n"
#define PLAIN                                                                                      \
    HEAD "    name = \"plain\", version = 1, universe = { \"SPY\" }, timeframe = \"1d\",\n"
#define TAIL "    on_bar = function(ctx, bar) end,\n}\n"

static void write_script(const char *text) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static qm_status load_text(const char *text, qm_instruments *instruments, size_t cap,
                           qm_script **out, qm_error *err) {
    qm_script_options options = {
        .path = path, .instruments = instruments, .bindings = qm_bindings(), .memory_cap = cap};
    write_script(text);
    *err = (qm_error){0};
    return qm_script_load(&options, out, err);
}

static const struct {
    const char *what, *text;
    int line; /* 0: none is named */
    const char *message;
} BAD[] = {
    {"a syntax error", "local x =\nreturn {\n", 2, "unexpected symbol"},
    {"an error while it runs", "local a = 1\nlocal b = a.b.c\n", 2, "index"},
    {"a call of nothing", "\n\nnosuch()\n", 3, "nosuch"},
    {"no table", "return 7\n", 0, "a number, not qm.strategy"},
    {"an unknown key", PLAIN "    on_bra = 1,\n" TAIL, 4, "did you mean \"on_bar\"?"},
    {"a callback that is none", PLAIN "    on_fill = 3,\n" TAIL, 4, "on_fill"},
    {"a parameter out of its range",
     PLAIN "    params = {\n        fast = qm.integer { default = 1, min = 2 },\n    },\n" TAIL, 5,
     "at least 2"},
    {"no such timeframe",
     HEAD "    name = \"x\",\n    universe = { \"SPY\" },\n"
          "    timeframe = \"1y\",\n" TAIL,
     5, "1y"},
    {"no symbol", HEAD "    name = \"x\",\n    universe = { \"\" },\n" TAIL, 4, "is no symbol"},
    {"a symbol twice", HEAD "    name = \"x\",\n    universe = { \"SPY\", \"SPY\" },\n" TAIL, 4,
     "named twice"},
    {"no name", HEAD "    universe = { \"SPY\" },\n" TAIL, 0, "name"},
    {"a module that is not there", "\nrequire \"no_such_module\"\n", 2, "no_such_module"},
    {"a module outside of the folder", "require \"..passwd\"\n", 1, "no module name"},
    {"no library of the system", "os.exit(1)\n", 1, "os"},
    {"no files", "io.open(\"/etc/passwd\")\n", 1, "io"},
    {"bytecode", "\x1bLua", 0, "only text"},
    {"an endless text", "return (\"x\"):rep(1 << 30)\n", 1, "string.rep"},
    {"an address", "string.format(\"%p\", {})\n", 1, "addresses"},
    {"a finalizer", "setmetatable({}, { __gc = function() end })\n", 1, "__gc"},
};

static void a_bad_file_says_where(void **state) {
    (void)state;
    qm_instruments *instruments;
    assert_int_equal(qm_instruments_new(&instruments), QM_OK);
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        qm_script *script = NULL;
        qm_error err;
        char place[96];
        snprintf(place, sizeof place, BAD[i].line ? "%s:%d:" : "%s", path, BAD[i].line);
        qm_status status = load_text(BAD[i].text, instruments, 0, &script, &err);
        if (status != QM_ESCRIPT || script || !strstr(err.message, BAD[i].message) ||
            !strstr(err.message, place)) {
            fail_msg("%s: %d %s", BAD[i].what, (int)status, err.message);
        }
    }
    unlink(path);
    qm_script *script = NULL;
    qm_error err = {0};
    qm_script_options options = {
        .path = path, .instruments = instruments, .bindings = qm_bindings()};
    assert_int_not_equal(qm_script_load(&options, &script, &err), QM_OK);
    assert_non_null(strstr(err.message, path));
    qm_instruments_free(instruments);
}

/* Grows until it must not, and hides it as well as it can. */
static const char *const GREEDY[] = {
    "local t = {}\nfor i = 1, 1e9 do t[i] = { i } end\n",
    "local s = (\"x\"):rep(1 << 20)\nlocal t = {}\nfor i = 1, 1e9 do t[i] = s .. i end\n",
    "pcall(function() local t = {}\nfor i = 1, 1e9 do t[i] = { i } end end)\n" PLAIN TAIL,
    "coroutine.wrap(function() local t = {}\nfor i = 1, 1e9 do t[i] = { i } end end)()\n",
};

static void the_cap_on_memory_cannot_be_hidden(void **state) {
    (void)state;
    enum { CAP = 4 << 20 };
    qm_instruments *instruments;
    qm_script *script = NULL;
    qm_error err;
    for (size_t i = 0; i < sizeof GREEDY / sizeof *GREEDY; i++) {
        uint64_t before = qm_mem_get_stats().live_bytes;
        assert_int_equal(qm_instruments_new(&instruments), QM_OK);
        assert_int_equal(load_text(GREEDY[i], instruments, CAP, &script, &err), QM_ENOMEM);
        assert_null(script);
        assert_non_null(strstr(err.message, "4194304"));
        qm_instruments_free(instruments);
        assert_int_equal(qm_mem_get_stats().live_bytes, before); /* all of it came back */
    }
    assert_int_equal(qm_instruments_new(&instruments), QM_OK);
    /* What stays below it is counted, and not in the way. */
    assert_int_equal(load_text(PLAIN TAIL, instruments, CAP, &script, &err), QM_OK);
    assert_in_range(qm_script_memory(script), 10000, CAP);
    qm_script_free(script);
    qm_instruments_free(instruments);
}

/* A script that only lends its state to chunks of text. */
static qm_script *bench(qm_instruments **instruments) {
    qm_script *script;
    qm_error err;
    assert_int_equal(qm_instruments_new(instruments), QM_OK);
    if (load_text(PLAIN TAIL, *instruments, 0, &script, &err) != QM_OK) {
        fail_msg("%s", err.message);
    }
    return script;
}

typedef struct chunk {
    const char *text;
    qm_buf *out;
    const char *data; /* to be decoded */
    size_t length;
    size_t maximum;
} chunk;

/* Pushes what the text returns. */
static void run(lua_State *L, const char *text) {
    if (luaL_loadbufferx(L, text, strlen(text), "=chunk", "t") != LUA_OK) {
        lua_error(L);
    }
    lua_call(L, 0, 1);
}

static int do_encode(lua_State *L) {
    const chunk *c = lua_touserdata(L, 1);
    run(L, c->text);
    qm_state_encode(L, -1, c->out, c->maximum);
    return 0;
}

static int do_decode(lua_State *L) {
    const chunk *c = lua_touserdata(L, 1);
    qm_state_decode(L, c->data, c->length);
    if (c->out) {
        qm_state_encode(L, -1, c->out, c->maximum);
    }
    return 0;
}

static int do_text(lua_State *L) {
    const chunk *c = lua_touserdata(L, 1);
    run(L, c->text);
    qm_buf_puts(c->out, luaL_checkstring(L, -1));
    return 0;
}

enum { STATE_MAX = 1 << 20 };

static const struct {
    const char *text, *encoded;
} STATES[] = {
    {"return {}", "{}"},
    {"return { a = 1, b = -2 }", "{s1:ai1;s1:bi-2;}"},
    {"return { b = -2, a = 1 }", "{s1:ai1;s1:bi-2;}"},
    {"return { 10, 20, [1.5] = 30 }", "{i1;i10;d0x1.8p+0;i30;i2;i20;}"},
    {"return { x = 0.1, y = -0.0, z = 2^53 }",
     "{s1:xd0x1.999999999999ap-4;s1:yd-0x0p+0;s1:zd0x1p+53;}"},
    {"return { x = 1/0, y = -1/0 }", "{s1:xdinf;s1:yd-inf;}"},
    {"return { m = math.maxinteger, n = math.mininteger }",
     "{s1:mi9223372036854775807;s1:ni-9223372036854775808;}"},
    {"return { [true] = false, [false] = true }", "{fttf}"},
    {"return { s = \"\", t = \"a;b:{}\\0\\255\" }", NULL},
    {"return { t = { t = { t = { 1, 2, 3 } } } }", "{s1:t{s1:t{s1:t{i1;i1;i2;i2;i3;i3;}}}}"},
    {"local qm = require \"qm\" return { cash = qm.decimal(\"12.345678901\") }",
     "{s4:cashm12345678901;}"},
};

static void a_state_comes_back_to_the_byte(void **state) {
    (void)state;
    qm_instruments *instruments;
    qm_script *script = bench(&instruments);
    for (size_t i = 0; i < sizeof STATES / sizeof *STATES; i++) {
        qm_error err = {0};
        qm_buf first, second;
        qm_buf_init(&first, STATE_MAX);
        qm_buf_init(&second, STATE_MAX);
        chunk c = {.text = STATES[i].text, .out = &first, .maximum = STATE_MAX};
        if (qm_door(script, do_encode, &c, &err) != QM_OK) {
            fail_msg("%s: %s", STATES[i].text, err.message);
        }
        if (STATES[i].encoded) {
            assert_string_equal(first.data, STATES[i].encoded);
        }
        c = (chunk){
            .out = &second, .data = first.data, .length = first.length, .maximum = STATE_MAX};
        assert_int_equal(qm_door(script, do_decode, &c, &err), QM_OK);
        assert_int_equal(first.length, second.length);
        assert_memory_equal(first.data, second.data, first.length);
        /* Cut off anywhere, it is refused, and not half of it taken. */
        for (size_t n = 0; n < first.length; n++) {
            c = (chunk){.data = first.data, .length = n};
            assert_int_equal(qm_door(script, do_decode, &c, &err), QM_ESCRIPT);
            assert_non_null(strstr(err.message, "damaged"));
        }
        qm_buf_fini(&first);
        qm_buf_fini(&second);
    }
    qm_script_free(script);
    qm_instruments_free(instruments);
}

static const struct {
    const char *text, *message;
} UNSAVED[] = {
    {"return { a = { f = print } }", "ctx.state.a.f: a function can't be saved"},
    {"return { co = coroutine.create(print) }", "ctx.state.co: a thread can't be saved"},
    {"local t = {} t.me = t return t", "nested too deep, or a table inside itself"},
    {"local t = {} for _ = 1, 40 do t = { t } end return t", "nested too deep"},
    {"return { [{}] = 1 }", "a key that is a table"},
    {"return { [print] = 1 }", "a key that is a function"},
    {"return { big = (\"x\"):rep(2000000) }", "ctx.state.big: more than 1048576 bytes"},
};

static void what_cannot_be_saved_is_named(void **state) {
    (void)state;
    qm_instruments *instruments;
    qm_script *script = bench(&instruments);
    for (size_t i = 0; i < sizeof UNSAVED / sizeof *UNSAVED; i++) {
        qm_error err = {0};
        qm_buf out;
        qm_buf_init(&out, STATE_MAX * 4);
        chunk c = {.text = UNSAVED[i].text, .out = &out, .maximum = STATE_MAX};
        if (qm_door(script, do_encode, &c, &err) != QM_ESCRIPT ||
            !strstr(err.message, UNSAVED[i].message)) {
            fail_msg("%s: %s", UNSAVED[i].text, err.message);
        }
        qm_buf_fini(&out);
    }
    qm_script_free(script);
    qm_instruments_free(instruments);
}

/* What stock Lua does in another order, or with other texts, from run to run. */
static const struct {
    const char *text, *result;
} SAME[] = {
    {"local s, t = \"\", {} for _, k in ipairs { \"zeta\", \"b\", \"aa\", \"a\", \"Z\" } do t[k] = "
     "1 end "
     "for k in pairs(t) do s = s .. k .. \" \" end return s",
     "Z a aa b zeta "},
    {"local s = \"\" for k in pairs { 5, 6, x = 1, [0.5] = 1, [-3] = 1, [true] = 1 } do "
     "s = s .. tostring(k) .. \" \" end return s",
     "true -3 0.5 1 2 x "},
    {"local s, t = \"\", { d = 4, a = 1, c = 3 } for k in next, t do s = s .. k end return s",
     "acd"},
    /* removing while walking */
    {"local t = { a = 1, b = 2, c = 3 } local s = \"\" for k in pairs(t) do s = s .. k t.b = nil "
     "end "
     "return s",
     "ac"},
    /* stable: equal keys keep their order, also where the comparison is no order */
    {"local t = {} for i = 1, 100 do t[i] = { i % 3, i } end "
     "table.sort(t, function(a, b) return a[1] < b[1] end) "
     "local s = \"\" for i = 1, 6 do s = s .. t[i][2] .. \" \" end return s .. t[100][2]",
     "3 6 9 12 15 18 98"},
    {"local t = { 3, 1, 2, 5, 4 } table.sort(t) return table.concat(t)", "12345"},
    {"local t = { 3, 1, 2 } table.sort(t, function() return true end) return #t", "3"},
    {"return tostring({}) .. tostring(print) .. string.format(\"%s\", {})", "tablefunctiontable"},
};

static void nothing_differs_from_state_to_state(void **state) {
    (void)state;
    for (int run_number = 0; run_number < 3; run_number++) {
        qm_instruments *instruments;
        qm_script *script = bench(&instruments);
        for (size_t i = 0; i < sizeof SAME / sizeof *SAME; i++) {
            qm_error err = {0};
            qm_buf out;
            qm_buf_init(&out, 4096);
            chunk c = {.text = SAME[i].text, .out = &out};
            if (qm_door(script, do_text, &c, &err) != QM_OK ||
                strcmp(out.data, SAME[i].result) != 0) {
                fail_msg("%s: %s %s", SAME[i].text, out.data ? out.data : "", err.message);
            }
            qm_buf_fini(&out);
        }
        qm_script_free(script);
        qm_instruments_free(instruments);
    }
}

/* The same seed, the same numbers; another one, others. */
static void random_numbers_are_of_the_seed(void **state) {
    (void)state;
    qm_buf texts[3];
    qm_instruments *instruments;
    assert_int_equal(qm_instruments_new(&instruments), QM_OK);
    write_script(PLAIN TAIL);
    for (int i = 0; i < 3; i++) {
        qm_script_options options = {.path = path,
                                     .instruments = instruments,
                                     .bindings = qm_bindings(),
                                     .seed = i < 2 ? 7 : 8};
        qm_script *script;
        qm_error err;
        assert_int_equal(qm_script_load(&options, &script, &err), QM_OK);
        qm_buf_init(&texts[i], 4096);
        chunk c = {.text = "return math.random() .. \" \" .. math.random(1, 1000000)",
                   .out = &texts[i]};
        assert_int_equal(qm_door(script, do_text, &c, &err), QM_OK);
        qm_script_free(script);
    }
    assert_string_equal(texts[0].data, texts[1].data);
    assert_string_not_equal(texts[0].data, texts[2].data);
    for (int i = 0; i < 3; i++) {
        qm_buf_fini(&texts[i]);
    }
    qm_instruments_free(instruments);
}

/* An engine with one script that has counted to seven. */
typedef struct stage {
    qm_instruments *instruments;
    qm_engine *engine;
    uint32_t index;
    qm_script_options options;
} stage;

#define COUNTER(version, more)                                                                     \
    HEAD "    name = \"counter\", version = " version ", universe = { \"SPY\" },\n"                \
         "    timeframe = \"1d\",\n    init = function(ctx) ctx.state.n = 7 end,\n" more TAIL

static void open_stage(stage *s) {
    qm_script *script;
    qm_error err = {0};
    qm_sim_config sim = {0};
    *s = (stage){0};
    assert_int_equal(qm_instruments_new(&s->instruments), QM_OK);
    qm_engine_config config = {
        .mode = QM_MODE_PAPER, .instruments = s->instruments, .sim = &sim, .base_tf = QM_TF_1D};
    assert_int_equal(qm_engine_new(&config, &s->engine), QM_OK);
    assert_int_equal(load_text(COUNTER("1", ""), s->instruments, 0, &script, &err), QM_OK);
    s->options =
        (qm_script_options){.path = path, .instruments = s->instruments, .bindings = qm_bindings()};
    qm_sleeve_config sleeve = {.cash = {1000 * QM_DECIMAL_SCALE}};
    assert_int_equal(qm_engine_add(s->engine, qm_script_ops(script), script, qm_script_spec(script),
                                   &sleeve, &s->index, &err),
                     QM_OK);
    assert_int_equal(qm_engine_start(s->engine, QM_DAY_NS, &err), QM_OK);
}

static void close_stage(stage *s) {
    qm_engine_free(s->engine);
    qm_instruments_free(s->instruments);
}

/* Whether the state of what runs now ends with this. */
static void assert_state(const stage *s, const char *encoded) {
    qm_buf out;
    qm_error err = {0};
    qm_buf_init(&out, STATE_MAX);
    assert_int_equal(
        qm_script_operations.save(qm_engine_sleeve(s->engine, s->index).self, &out, &err), QM_OK);
    size_t n = strlen(encoded);
    assert_true(out.length >= n);
    assert_string_equal(out.data + out.length - n, encoded);
    qm_buf_fini(&out);
}

#define BUSY "    start = function(ctx, why) ctx.state.why = why end,\n"
#define MIGRATE(body) "    migrate = function(state, from) " body " end,\n"

static const struct {
    const char *what, *text, *message;
} FAILURES[] = {
    {"a syntax error", "return qm.strategy {", "near"},
    {"an error at the top", "error(\"stop here\")", "stop here"},
    {"another version without migrate", COUNTER("2", ""), "migrate"},
    {"migrate raises", COUNTER("2", MIGRATE("error(\"no way\")")), "no way"},
    {"migrate returns nothing", COUNTER("2", MIGRATE("")), "not the state"},
    {"no file", NULL, ""},
};

static void what_does_not_load_replaces_nothing(void **state) {
    (void)state;
    stage s;
    open_stage(&s);
    void *self = qm_engine_sleeve(s.engine, s.index).self;
    for (size_t i = 0; i < sizeof FAILURES / sizeof *FAILURES; i++) {
        qm_error err = {0};
        if (FAILURES[i].text) {
            write_script(FAILURES[i].text);
        } else {
            unlink(path);
        }
        uint64_t blocks = qm_mem_get_stats().live_blocks;
        if (qm_script_reload(s.engine, s.index, &s.options, &err) == QM_OK ||
            !strstr(err.message, path) || !strstr(err.message, FAILURES[i].message)) {
            fail_msg("%s: \"%s\"", FAILURES[i].what, err.message);
        }
        qm_sleeve_view view = qm_engine_sleeve(s.engine, s.index);
        assert_ptr_equal(view.self, self);
        assert_int_equal(view.generation, 1);
        assert_int_equal(view.state, QM_RUN_RUNNING);
        assert_int_equal(view.spec->version, 1);
        assert_state(&s, "{s1:ni7;}");
        assert_in_range(qm_mem_get_stats().live_blocks, blocks - 64, blocks + 64);
    }
    close_stage(&s);
}

static void a_reload_carries_the_state_over(void **state) {
    (void)state;
    stage s;
    qm_error err = {0};
    open_stage(&s);
    assert_state(&s, "{s1:ni7;}");
    write_script(COUNTER("1", BUSY)); /* init does not run again, start does and says why */
    assert_int_equal(qm_script_reload(s.engine, s.index, &s.options, &err), QM_OK);
    assert_state(&s, "{s1:ni7;s3:whys6:reload}");
    assert_int_equal(qm_engine_sleeve(s.engine, s.index).generation, 2);
    write_script(COUNTER("2", MIGRATE("return { n = state.n * 10 + from, old = state.why }")));
    if (qm_script_reload(s.engine, s.index, &s.options, &err) != QM_OK) {
        fail_msg("%s", err.message);
    }
    qm_sleeve_view view = qm_engine_sleeve(s.engine, s.index);
    assert_int_equal(view.generation, 3);
    assert_int_equal(view.spec->version, 2);
    assert_state(&s, "{s1:ni71;s3:olds6:reload}");
    close_stage(&s);
}

static int nothing_is_left(void **state) {
    (void)state;
    return qm_mem_get_stats().live_blocks != 0;
}

int main(void) {
    snprintf(path, sizeof path, "/tmp/qm-test-script-%ld.lua", (long)getpid());
#define CASE(f) cmocka_unit_test_teardown(f, nothing_is_left)
    const struct CMUnitTest tests[] = {
        CASE(a_bad_file_says_where),
        CASE(the_cap_on_memory_cannot_be_hidden),
        CASE(a_state_comes_back_to_the_byte),
        CASE(what_cannot_be_saved_is_named),
        CASE(nothing_differs_from_state_to_state),
        CASE(random_numbers_are_of_the_seed),
        CASE(what_does_not_load_replaces_nothing),
        CASE(a_reload_carries_the_state_over),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return failed;
}
