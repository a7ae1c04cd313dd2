/* SPDX-License-Identifier: MIT */
#include "codec/xml.h"

#include "base/mem.h"

#include <expat.h>

enum { DEPTH_MAX = 64, PIECE = 1 << 20 };

typedef struct parse {
    qm_xml_reader *reader;
    XML_Parser parser;
    int depth;
    bool stopped;        /* by the reader */
    const char *refused; /* by us: why */
} parse;

static void refuse(parse *p, const char *why) {
    p->refused = why;
    XML_StopParser(p->parser, XML_FALSE);
}

static void on_open(void *context, const char *name, const char **attributes) {
    parse *p = context;
    if (p->stopped || p->refused) {
        return; /* expat may call once more after it was stopped */
    }
    if (++p->depth > DEPTH_MAX) {
        refuse(p, "nested too deep");
        return;
    }
    p->reader->row = (int64_t)XML_GetCurrentLineNumber(p->parser);
    if (!p->reader->open(p->reader->context, name, attributes, p->depth)) {
        p->stopped = true;
        XML_StopParser(p->parser, XML_FALSE);
    }
}

static void on_close(void *context, const char *name) {
    parse *p = context;
    if (p->reader->close && !p->stopped && !p->refused) {
        p->reader->close(p->reader->context, name, p->depth);
    }
    p->depth--;
}

static void on_text(void *context, const char *text, int length) {
    parse *p = context;
    if (!p->stopped && !p->refused) {
        p->reader->text(p->reader->context, text, (size_t)length);
    }
}

static void on_doctype(void *context, const char *name, const char *system_id,
                       const char *public_id, int has_internal) {
    (void)name;
    (void)system_id;
    (void)public_id;
    (void)has_internal;
    refuse(context, "a document type: no statement has one");
}

static qm_status feed(parse *p, const char *file, const char *data, size_t length, qm_error *err) {
    size_t at = 0;
    enum XML_Status ok = XML_STATUS_OK;
    do {
        size_t n = length - at < PIECE ? length - at : PIECE;
        ok = XML_Parse(p->parser, data + at, (int)n, at + n == length);
        at += n;
    } while (ok == XML_STATUS_OK && at < length);
    if (ok == XML_STATUS_OK || (p->stopped && !p->refused)) {
        return QM_OK;
    }
    enum XML_Error code = XML_GetErrorCode(p->parser);
    if (code == XML_ERROR_NO_MEMORY) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    return qm_error_at(err, QM_EDATA, file, (int64_t)XML_GetCurrentLineNumber(p->parser),
                       (int32_t)XML_GetCurrentColumnNumber(p->parser) + 1, "XML: %s",
                       p->refused ? p->refused : XML_ErrorString(code));
}

qm_status qm_xml_parse(qm_xml_reader *reader, const char *file, const char *data, size_t length,
                       qm_error *err) {
    XML_Memory_Handling_Suite memory = {qm_alloc, qm_realloc, qm_free};
    parse p = {.reader = reader, .parser = XML_ParserCreate_MM(NULL, &memory, NULL)};
    if (!p.parser) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    XML_SetUserData(p.parser, &p);
    XML_SetElementHandler(p.parser, on_open, on_close);
    XML_SetStartDoctypeDeclHandler(p.parser, on_doctype);
    if (reader->text) {
        XML_SetCharacterDataHandler(p.parser, on_text);
    }
    qm_status status = feed(&p, file, data, length, err);
    XML_ParserFree(p.parser);
    return status;
}
