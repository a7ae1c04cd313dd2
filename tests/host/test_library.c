/* SPDX-License-Identifier: MIT
 *
 * The sandbox's own string and table functions against the standard ones: the same expressions in a
 * plain state and in the sandbox give the same results and the same errors.
 */
#include "host/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* A line is a case. r(...) writes down all results of a call, or its error. */
static const char PRELUDE[] =
    "local function show(v)\n"
    "  if type(v) == 'table' then\n"
    "    local out = {}\n"
    "    for i = 1, #v do out[i] = show(v[i]) end\n"
    "    return '{' .. table.concat(out, ',') .. '}'\n"
    "  end\n"
    "  return type(v) == 'string' and ('%q'):format(v) or type(v) == 'function' and 'function'\n"
    "    or tostring(v)\n"
    "end\n"
    "function r(f, ...)\n"
    "  local n = select('#', pcall(f, ...))\n"
    "  local all, out = { pcall(f, ...) }, {}\n"
    "  for i = 1, n do out[i] = show(all[i]) end\n"
    "  return table.concat(out, ' ')\n"
    "end\n"
    "function all(text, pattern, init)\n"
    "  local out = {}\n"
    "  for a, b, c in string.gmatch(text, pattern, init) do\n"
    "    out[#out + 1] = { tostring(a), tostring(b), tostring(c) }\n"
    "    if #out > 100 then break end\n"
    "  end\n"
    "  return out\n"
    "end\n";

static const char *const TEXTS[] = {
    "''",
    "'a'",
    "'hello world'",
    "'  key = value ; other=12.5e3  '",
    "'THE (quick) fox (jumps (over)) it'",
    "'aaaaaaaaab'",
    "'x^y$z%w.v*u+t-s?r[q]p'",
    "'one;two;;four'",
    "'\\0a\\0b\\0'",
    "'2024-01-31T21:00:00Z'",
    "'\\255\\128\\t\\n mixed_ID42'",
    "('ab'):rep(300)",
};

static const char *const PATTERNS[] = {
    "",
    "a",
    "a*",
    "a+",
    "a-",
    "a?",
    "a-b",
    "^a",
    "a$",
    "^",
    "$",
    "^$",
    "^a*$",
    ".",
    ".*",
    ".-",
    "(.*)(.)",
    "(.-)%s*$",
    "%a+",
    "%w+",
    "%s+",
    "%d+",
    "%D+",
    "%S",
    "%p",
    "%c",
    "%l+",
    "%u+",
    "%x+",
    "%g+",
    "%A",
    "%W+",
    "%L",
    "%U",
    "%X",
    "%G",
    "%P+",
    "%C+",
    "%z",
    "%Z",
    "[abc]+",
    "[^abc]+",
    "[a-f]+",
    "[^a-f]+",
    "[%a_][%w_]*",
    "[]]",
    "[^]]",
    "[]-a]",
    "[a-]",
    "[-a]",
    "[%-a]",
    "[a%-z]",
    "[%d%.]+",
    "[+-]?%d+",
    "()",
    "()a()",
    "(a)",
    "((a)(b))",
    "(a)%1",
    "(%w)%1",
    "(%w+)%s*=%s*(%S+)",
    "%b()",
    "%bxy",
    "%baa",
    "%f[%w]%w+",
    "%f[%a]%a+%f[%A]",
    "%f[%z]",
    "%f[^%z]",
    "(%d+)-(%d+)-(%d+)",
    "([^;]*);?",
    "([^;]*)",
    "%%",
    "%.",
    "%^",
    "%$",
    "[%^%$]",
    "a.b",
    "a.-b",
    "(a*(.)%w(%s*))",
    "(a+)(a+)",
    "\\0",
    "[\\0-\\31]",
    "%z+",
    "(()())",
    "x?y?z?",
    "(.)(.)(.)(.)(.)",
    /* malformed ones */
    "%",
    "[a",
    "[",
    "[^",
    "[]",
    "[^]",
    "[%",
    "[a-",
    "[%a",
    "(",
    "(a",
    ")",
    "a)",
    "(()",
    "%1",
    "%9",
    "(a)%2",
    "(a%1)",
    "%b",
    "%bx",
    "%f",
    "%fa",
    "%f[a",
    "a%",
    "%0",
    "((((((((((((((((((((((((((((((((a))))))))))))))))))))))))))))))))",
    "(((((((((((((((((((((((((((((((((a)))))))))))))))))))))))))))))))))",
};

static const char *const CALLS[] = {
    "r(string.find, T, P)",
    "r(string.find, T, P, 3)",
    "r(string.find, T, P, -2)",
    "r(string.find, T, P, 100)",
    "r(string.find, T, P, 1, true)",
    "r(string.match, T, P)",
    "r(string.match, T, P, 2)",
    "r(string.match, T, P, -100)",
    "r(all, T, P)",
    "r(all, T, P, 2)",
    "r(all, T, P, -1)",
    "r(string.gsub, T, P, '<%0>')",
    "r(string.gsub, T, P, '%1%%')",
    "r(string.gsub, T, P, '%2')",
    "r(string.gsub, T, P, 'x', 2)",
    "r(string.gsub, T, P, '', 0)",
    "r(string.gsub, T, P, 7)",
    "r(string.gsub, T, P, { a = 'A', b = false, hello = 5 })",
    "r(string.gsub, T, P, function(a, b) return b end)",
    "r(string.gsub, T, P, function(a, b) return a ~= '' and (tostring(a) .. '!') end)",
};

static const char *const OTHERS[] = {
    "r(string.gsub, 'abc', 'b', '%')",
    "r(string.gsub, 'abc', 'b', '%x')",
    "r(string.gsub, 'abc', '(b)', '%2')",
    "r(string.gsub, 'abc', 'b', '%9')",
    "r(string.gsub, 'abc', '()b', '%1')",
    "r(string.gsub, 'abc', 'b', {b = {}})",
    "r(string.gsub, 'abc', 'b', {b = true})",
    "r(string.gsub, 'abc', 'b', function() return {} end)",
    "r(string.gsub, 'abc', 'b', true)",
    "r(string.gsub, 'abc', 'b')",
    "r(string.gsub, 'abc', 'b', 'x', 'y')",
    "r(string.gsub, {}, 'b', 'x')",
    "r(string.gsub, 'abc', {}, 'x')",
    "r(string.gsub, 'abc', '.', setmetatable({}, {__index = function(_, k) return k .. k end}))",
    "r(string.gsub, 'abc', '.', function(c) error('no ' .. c, 0) end)",
    "r(string.gsub, 123, 2, 5)",
    "r(string.find, 'a\\0b', '\\0', 1, true)",
    "r(string.find, 'abc', '', 4)",
    "r(string.find, 'abc', '', 5)",
    "r(string.find, 'abc', 'b', nil, true)",
    "r(string.find, 'a.b', '.', 2, true)",
    "r(string.find)",
    "r(string.find, 'a')",
    "r(string.find, nil, 'a')",
    "r(string.match, 'a', 'a', 'x')",
    "r(string.match, 'a', nil)",
    "r(string.gmatch)",
    "r(string.gmatch, 'a')",
    "r(string.find, ('a'):rep(300), ('a?'):rep(250) .. 'b')",
    "r(string.find, ('a'):rep(300), ('(a)'):rep(33))",
    "r(string.find, 'a', ('a?'):rep(199))",
    "r(string.find, 'b', ('a?'):rep(1000))",
    "r(string.find, ('a'):rep(250), ('a?'):rep(250))",
    "r(string.rep, 'ab', 3)",
    "r(string.rep, 'ab', 3, ', ')",
    "r(string.rep, 'ab', 1, ', ')",
    "r(string.rep, 'ab', 0, ', ')",
    "r(string.rep, 'ab', -5)",
    "r(string.rep, '', 5)",
    "r(string.rep, '', 3, 'x')",
    "r(string.rep, 5, 2)",
    "r(string.rep, 'x')",
    "r(string.rep, 'x', 1.5)",
    "r(string.format, '%5.2f|%-5s|%05d|%%|%q|%x|%s', 3.14159, 'ab', 42, 'a\\nb', 255, nil)",
    "r(string.format, '%s %s %s', 1, 1.5, true)",
    "r(string.format, '%s', setmetatable({}, {__tostring = function() return 'mine' end}))",
    "r(string.format, '%s', setmetatable({}, {__tostring = function() return 1 end}))",
    "r(string.format, '%-10.3s|', 'abcdef')",
    "r(string.format, '%123d', 1)",
    "r(string.format, '%s')",
    "r(string.format, '%y', 1)",
    "r(string.format, '%d', '10')",
    "r(string.format, '%d', 1.5)",
    "r(string.format, '%')",
    "r(string.format, '%c%c', 65, 66)",
    "r(string.format, '%i %u', 1, 2)",
    "r(string.format, '%a', 1.0)",
    "r(string.pack, '<i4z', 7, 'abc')",
    "r(string.pack, 'c5', 'abc')",
    "r(string.unpack, '<i4z', string.pack('<i4z', 7, 'abc'))",
    "r(utf8.len, 'a\\u{20AC}b')",
    "r(utf8.len, '\\xff')",
    "r(utf8.codepoint, 'a\\u{20AC}', 1, -1)",
    "r(utf8.offset, 'a\\u{20AC}b', 3)",
    "r(table.concat, {1, 2.5, 'x'}, ', ')",
    "r(table.concat, {1, 2, 3}, '-', 2)",
    "r(table.concat, {1, 2, 3}, '-', 2, 3)",
    "r(table.concat, {1, 2, 3}, '-', 3, 2)",
    "r(table.concat, {})",
    "r(table.concat, {1, {}, 3})",
    "r(table.concat, {1}, '', 1, 2)",
    "r(table.concat, {}, 'x', math.maxinteger, math.maxinteger)",
    "r(table.concat, {[math.maxinteger] = 'e'}, 'x', math.maxinteger, math.maxinteger)",
    "r(table.concat)",
    "r(table.concat, setmetatable({}, {__len = function() return 2 end, __index = function(_, i) "
    "return 'v' .. i end}), ',')",
    "r(function() local t = {1, 2} table.insert(t, 3) table.insert(t, 1, 0) return t end)",
    "r(function() local t = {} table.insert(t, 1, 'a') return t end)",
    "r(table.insert, {}, 2, 1)",
    "r(table.insert, {}, 0, 1)",
    "r(table.insert, {})",
    "r(table.insert, {}, 1, 2, 3)",
    "r(table.insert, nil, 1)",
    "r(table.insert, {}, 'x', 1)",
    "r(function() local t = {1, 2, 3} return table.remove(t), table.remove(t, 1), t end)",
    "r(function() local t = {} return table.remove(t), table.remove(t, 0), t end)",
    "r(function() local t = {1, 2} return table.remove(t, 3), t end)",
    "r(table.remove, {}, 1)",
    "r(table.move, {1, 2, 3}, 1, 3, 2)",
    "r(table.move, {1, 2, 3}, 2, 3, 1)",
    "r(table.move, {1, 2, 3}, 1, 3, 3, {9, 9})",
    "r(table.move, {1, 2, 3}, 1, 0, 5)",
    "r(table.move, {1, 2, 3}, 1, 3, 1)",
    "r(table.move, {}, math.mininteger, math.maxinteger, 1)",
    "r(table.move, {}, 1, math.maxinteger, 2)",
    "r(table.move, {}, -1, math.maxinteger, 2)",
    "r(table.move, {1}, 1, 1, math.maxinteger)",
    "r(table.move, {1}, 1, 2, math.maxinteger)",
    "r(table.move, {1}, 1, 'x', 1)",
    "r(table.unpack, {1, 2, nil, 4}, 1, 4)",
    "r(table.unpack, {1, 2, 3})",
    "r(table.unpack, {1, 2, 3}, 2)",
    "r(table.unpack, {1, 2, 3}, -1, 1)",
    "r(table.unpack, {}, 1, 1e8)",
    "r(table.unpack, {}, math.mininteger, math.maxinteger)",
    "r(table.unpack, {[math.maxinteger] = 5}, math.maxinteger, math.maxinteger)",
    "r(pcall)",
    "r(pcall, error)",
    "r(pcall, error, 'x', 0)",
    "r(pcall, pcall, error, 5)",
    "r(pcall, 5)",
    "r(xpcall, error, function(e) return 'h' .. tostring(e) end, 'x')",
    "r(xpcall, function(...) return ... end, print, 1, nil, 3)",
    "r(xpcall, error)",
    "r(xpcall, error, function(e) error('again') end, 'x')",
    "r(function() local co = coroutine.create(function(a) local b = coroutine.yield(a + 1) "
    "error('e' .. b, "
    "0) end) return coroutine.resume(co, 1), select(2, coroutine.resume(co, 2)), "
    "coroutine.resume(co) end)",
    "r(function() local f = coroutine.wrap(function(...) for i = 1, 2 do coroutine.yield(i, ...) "
    "end "
    "end) return {f(7)}, {f()}, {f()}, pcall(f) end)",
    "r(function() local f = coroutine.wrap(function() error('inner') end) return f() end)",
    "r(function() local f = coroutine.wrap(function() error({}) end) return f() end)",
    "r(function() local co co = coroutine.create(function() return coroutine.resume(co) end) "
    "return "
    "coroutine.resume(co) end)",
    "r(function() local co co = coroutine.create(function() return coroutine.close(co) end) return "
    "coroutine.resume(co) end)",
    "r(function() local log = {} local co = coroutine.create(function() local x <close> = "
    "setmetatable({}, "
    "{__close = function(_, e) log[#log + 1] = tostring(e) end}) coroutine.yield() end) "
    "coroutine.resume(co) return coroutine.close(co), coroutine.status(co), log end)",
    "r(function() local log = {} local f = coroutine.wrap(function() local x <close> = "
    "setmetatable({}, "
    "{__close = function(_, e) log[#log + 1] = tostring(e) end}) error('mine', 0) end) "
    "return pcall(f), log end)",
    "r(function() local co = coroutine.create(function() local x <close> = setmetatable({}, "
    "{__close = "
    "function() error('in close', 0) end}) coroutine.yield() end) coroutine.resume(co) return "
    "coroutine.close(co) end)",
    "r(function() local co = coroutine.wrap(function() return pcall(function() return "
    "coroutine.yield(1) + 1 end) end) return co(), co(41) end)",
    "r(function() local co = coroutine.wrap(function() return xpcall(function() coroutine.yield(1) "
    "error('late', 0) end, function(e) return e .. '!' end) end) return co(), {co()} end)",
    "r(coroutine.create)",
    "r(coroutine.resume, 5)",
    "r(coroutine.wrap, 5)",
    "r(coroutine.close, 5)",
    "r(coroutine.isyieldable)",
    "r(load, 'return 1 +')",
    "r(function() return load('return x', 'n', 't', { x = 5 })() end)",
    "r(function() return load('x = 1', '=n', 't', nil) end)",
    "r(setmetatable, {}, 5)",
    "r(setmetatable, 5, {})",
    "r(setmetatable, setmetatable({}, { __metatable = 1 }), {})",
    "r(tostring)",
    "r(tostring, setmetatable({}, {__tostring = function() return 'mine' end}))",
};

static lua_State *plain_state(void) {
    lua_State *L = luaL_newstate();
    luaL_openlibs(L);
    return L;
}

static lua_State *sandbox_state(qm_script *s) {
    lua_State *L = luaL_newstate();
    s->L = s->running = L;
    *(qm_script **)lua_getextraspace(L) = s;
    qm_sandbox_open(L);
    return L;
}

static const char *result_of(lua_State *L, const char *expression) {
    char chunk[4096];
    lua_settop(L, 0);
    snprintf(chunk, sizeof chunk, "return %s", expression);
    if (luaL_dostring(L, chunk) != LUA_OK) {
        print_error("%s\n", expression);
    }
    const char *text = lua_tostring(L, -1);
    assert_non_null(text);
    return text;
}

static int different;

static void compare(lua_State *plain, lua_State *own, const char *expression) {
    const char *expected = result_of(plain, expression), *got = result_of(own, expression);
    if (strcmp(expected, got) != 0 && different++ < 20) {
        print_error("%s\n  standard: %s\n  own:      %s\n", expression, expected, got);
    }
}

static void test_same_as_standard(void **state) {
    (void)state;
    qm_script script = {0};
    lua_State *plain = plain_state(), *own = sandbox_state(&script);
    assert_int_equal(luaL_dostring(plain, PRELUDE), LUA_OK);
    assert_int_equal(luaL_dostring(own, PRELUDE), LUA_OK);
    char set[1024];
    size_t texts = sizeof TEXTS / sizeof TEXTS[0], patterns = sizeof PATTERNS / sizeof PATTERNS[0];
    for (size_t t = 0; t < texts; t++) {
        for (size_t p = 0; p < patterns; p++) {
            snprintf(set, sizeof set, "T, P = %s, '%s'", TEXTS[t], PATTERNS[p]);
            assert_int_equal(luaL_dostring(plain, set), LUA_OK);
            assert_int_equal(luaL_dostring(own, set), LUA_OK);
            int before = different;
            for (size_t c = 0; c < sizeof CALLS / sizeof CALLS[0]; c++) {
                compare(plain, own, CALLS[c]);
            }
            if (different != before && different < 20) {
                print_error("  where %s\n", set);
            }
        }
    }
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++) {
        compare(plain, own, OTHERS[i]);
    }
    assert_int_equal(different, 0);
    lua_close(plain);
    lua_close(own);
}

/* What the sandbox refuses, and what never shows an address. */
static void test_other_than_standard(void **state) {
    (void)state;
    static const struct {
        const char *expression, *part;
    } rows[] = {
        {"r(string.format, '%p', {})", "%p shows addresses"},
        {"r(string.format, '%-9p', {})", "%p shows addresses"},
        {"r(string.format, '%s %s', {}, print)", "true \"table function\""},
        {"r(tostring, {})", "true \"table\""},
        {"r(tostring, setmetatable({}, {__name = 'mine'}))", "true \"mine\""},
        {"r(tostring, coroutine.create(print))", "true \"thread\""},
        {"r(string.rep, 'x', 1 << 40)", "longer than"},
        {"r(string.rep, '', 1 << 40)", "true \"\""},
        {"r(string.pack, 'c99999999', 'x')", "wider than"},
        {"r(string.pack, ('c999999'):rep(20), 'x')", "wider than"},
        {"r(utf8.len, ('x'):rep(1 << 24) .. 'x')", "longer than 16 MB"},
        {"r(table.move, {}, 1, 1e12, 2)", "more than"},
        {"r(table.remove, {1, 2}, 4)", "#2 to 'table.remove' (position out of bounds)"},
        {"r(table.remove, {1, 2}, -1)", "#2 to 'table.remove' (position out of bounds)"},
        {"r(table.insert, setmetatable({}, {__len = function() return 1e12 // 1 | 0 end}), 1, 1)",
         "more than"},
        {"r(table.remove, setmetatable({}, {__len = function() return 1e12 // 1 | 0 end}), 1)",
         "more than"},
        {"r(setmetatable, {}, {__gc = print})", "__gc is not allowed"},
        {"r(setmetatable, {}, {__gc = false})", "__gc is not allowed"},
        {"r(setmetatable, {}, {__mode = 'k'})", "weak tables are not allowed"},
        {"r(load, string.char(27) .. 'Lua')", "attempt to load a binary chunk"},
        {"r(load, function() end)", "string expected"},
        {"show_type(string.dump)", "nil"},
        {"show_type(collectgarbage)", "nil"},
        {"show_type(dofile)", "nil"},
        {"show_type(loadfile)", "nil"},
        {"show_type(io)", "nil"},
        {"show_type(os)", "nil"},
        {"show_type(debug)", "nil"},
        {"show_type(package)", "nil"},
        {"r(function() local t = {} for i = 1, 1001 do t[i] = coroutine.create(print) end end)",
         "more than 1000 coroutines"},
        {"r(function() for i = 1, 3000 do coroutine.create(print) end return 'fine' end)", "fine"},
        {"r(function() local t = {} for i = 1, 1000 do t[i] = coroutine.wrap(function() end) "
         "t[i]() "
         "end return coroutine.wrap(function() return 'fine' end)() end)",
         "fine"},
    };
    qm_script script = {0};
    lua_State *L = sandbox_state(&script);
    assert_int_equal(luaL_dostring(L, PRELUDE), LUA_OK);
    assert_int_equal(luaL_dostring(L, "function show_type(v) return type(v) end"), LUA_OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *got = result_of(L, rows[i].expression);
        if (!strstr(got, rows[i].part)) {
            fail_msg("%s: %s, expected %s", rows[i].expression, got, rows[i].part);
        }
    }
    lua_close(L);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_as_standard),
        cmocka_unit_test(test_other_than_standard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
