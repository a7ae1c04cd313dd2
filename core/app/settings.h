/* SPDX-License-Identifier: MIT
 *
 * settings.h: the configuration file (host/config.h) against the table of what is known, and the
 * values in force. Read once, by the commands that work on the data folder. Main thread.
 */
#ifndef QM_APP_SETTINGS_H
#define QM_APP_SETTINGS_H

#include "base/buf.h"
#include "host/config.h"
#include "tax/event.h"
#include "tax/rates.h"

/* QM_CONFIG, or config.lua in the user's configuration folder. Returns out. */
const char *qm_settings_path(char *out, size_t size);
/* Reads and checks a file: a line a finding. QM_ECONFIG: it can't be read at all. */
qm_status qm_settings_read(const char *path, qm_config_entries *out, qm_buf *findings, int *count,
                           qm_error *err);
/* Puts the user's file in force; none is no error, unless QM_CONFIG names it. QM_ECONFIG with the
 * first finding. */
qm_status qm_settings_use(qm_error *err);
/* All values in force, in order of name. */
const qm_config_entries *qm_settings_all(void);
/* A value in force, by dotted name; NULL: not set. */
const char *qm_setting(const char *name);
/* Whether an account may relieve its lots so: not from a list, and an average is of funds only. */
bool qm_is_lot_method(qm_tax_method method);
/* The taxpayer's rates; not known unless both are set. */
qm_tax_rates qm_settings_rates(void);
/* group.name.key */
const char *qm_setting_of(const char *group, const char *name, const char *key);

#endif
