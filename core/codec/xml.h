/* SPDX-License-Identifier: MIT
 *
 * xml.h: a streaming XML reader (expat behind it): elements with their attributes, no text.
 *
 * Statements need no document type, so a file that has one is refused: no entities, nothing that
 * is fetched, nothing that grows. Nesting is at most 64.
 */
#ifndef QM_CODEC_XML_H
#define QM_CODEC_XML_H

#include "quantmatrix/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct qm_xml_reader {
    /* attributes: name, value, name, value, ..., NULL; valid for the call. depth: 1 is the root.
     * false stops the reading without an error. */
    bool (*open)(void *context, const char *name, const char *const *attributes, int depth);
    void (*close)(void *context, const char *name, int depth); /* may be NULL */
    /* Text between tags, in pieces; may be NULL. */
    void (*text)(void *context, const char *text, size_t length);
    void *context;
    int64_t row; /* line of the element at hand */
} qm_xml_reader;

/* QM_EDATA with row and column, QM_ENOMEM. file: for messages. */
qm_status qm_xml_parse(qm_xml_reader *reader, const char *file, const char *data, size_t length,
                       qm_error *err);

#endif
