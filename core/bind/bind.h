/* SPDX-License-Identifier: MIT
 *
 * bind.h: what Lua sees of the rooms below, one file for each module. Stubs: lua/meta.
 */
#ifndef QM_BIND_BIND_H
#define QM_BIND_BIND_H

struct qm_host_binding;

/* To be handed to qm_script_load. Static storage. */
const struct qm_host_binding *qm_bindings(void);

#endif
