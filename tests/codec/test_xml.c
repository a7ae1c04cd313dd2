/* SPDX-License-Identifier: MIT
 *
 * The XML reader: elements and attributes in order, and what it refuses.
 */
#include "base/mem.h"
#include "codec/xml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

typedef struct seen {
    char text[512];
    size_t length;
    int opens, stop_at;
} seen;

static bool on_open(void *context, const char *name, const char *const *attributes, int depth) {
    seen *s = context;
    s->length +=
        (size_t)snprintf(s->text + s->length, sizeof s->text - s->length, "%d<%s", depth, name);
    for (size_t i = 0; attributes[i]; i += 2) {
        s->length += (size_t)snprintf(s->text + s->length, sizeof s->text - s->length, " %s=%s",
                                      attributes[i], attributes[i + 1]);
    }
    return ++s->opens != s->stop_at;
}

static void on_close(void *context, const char *name, int depth) {
    seen *s = context;
    s->length +=
        (size_t)snprintf(s->text + s->length, sizeof s->text - s->length, "%d>%s", depth, name);
}

static void on_text(void *context, const char *text, size_t length) {
    seen *s = context;
    s->length += (size_t)snprintf(s->text + s->length, sizeof s->text - s->length, "'%.*s'",
                                  (int)length, text);
}

static qm_status parse(seen *s, const char *text, qm_error *err) {
    qm_xml_reader reader = {on_open, on_close, on_text, s, 0};
    *err = (qm_error){0};
    return qm_xml_parse(&reader, "file.xml", text, strlen(text), err);
}

static void elements_come_in_order(void **state) {
    seen s = {0};
    qm_error err;
    (void)state;
    assert_int_equal(
        parse(&s, "<?xml version=\"1.0\"?><!-- c --><a x=\"1 &amp; 2\" y=\"\"><b/>t</a>", &err),
        QM_OK);
    assert_string_equal(s.text, "1<a x=1 & 2 y=2<b2>b't'1>a");
    s = (seen){.stop_at = 2};
    assert_int_equal(parse(&s, "<a><b/><c/></a>", &err), QM_OK);
    assert_string_equal(s.text, "1<a2<b");
}

static void faults_are_named(void **state) {
    static const struct {
        const char *text, *message;
        int64_t row;
    } CASES[] = {
        {"<a>\n<b></a>", "XML: mismatched tag", 2},
        {"<a>", "XML: no element found", 1},
        {"", "XML: no element found", 1},
        {"<a b=\"1\" b=\"2\"/>", "XML: duplicate attribute", 1},
        {"\n<!DOCTYPE a SYSTEM \"file:///etc/passwd\">\n<a/>",
         "XML: a document type: no statement has one", 2},
        {"<!DOCTYPE a [<!ENTITY b \"bbbb\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>",
         "XML: a document type: no statement has one", 1},
    };
    char deep[4 * 70 + 1] = "";
    seen s = {0};
    qm_error err;
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        s = (seen){0};
        assert_int_equal(parse(&s, CASES[i].text, &err), QM_EDATA);
        assert_string_equal(err.message, CASES[i].message);
        assert_string_equal(err.file, "file.xml");
        assert_int_equal(err.row, CASES[i].row);
    }
    for (int i = 0; i < 65; i++) {
        strcat(deep, "<a>");
    }
    s = (seen){0};
    assert_int_equal(parse(&s, deep, &err), QM_EDATA);
    assert_string_equal(err.message, "XML: nested too deep");
    assert_int_equal(s.opens, 64);
}

static void each_allocation_may_fail(void **state) {
    (void)state;
    for (uint64_t n = 1;; n++) {
        seen s = {0};
        qm_error err;
        uint64_t live = qm_mem_get_stats().live_blocks;
        qm_mem_fail_from(n);
        qm_status status = parse(&s, "<a x=\"1\" y=\"2\"><b z=\"3\"/>t</a>", &err);
        int struck = qm_mem_fault_struck();
        qm_mem_fail_from(0);
        assert_int_equal(qm_mem_get_stats().live_blocks, live);
        assert_int_equal(status, struck ? QM_ENOMEM : QM_OK);
        if (!struck) {
            assert_true(n > 3);
            return;
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_come_in_order),
        cmocka_unit_test(faults_are_named),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
