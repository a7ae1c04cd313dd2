/* SPDX-License-Identifier: MIT
 *
 * The commands in the order in which the help shows them.
 */
#include "app/command.h"

#define COMMANDS(X)                                                                                \
    X(init)                                                                                        \
    X(demo)                                                                                        \
    X(new)                                                                                         \
    X(run)                                                                                         \
    X(backtest)                                                                                    \
    X(sweep)                                                                                       \
    X(verify)                                                                                      \
    X(check)                                                                                       \
    X(test)                                                                                        \
    X(data)                                                                                        \
    X(ta)                                                                                          \
    X(option)                                                                                      \
    X(calendar)                                                                                    \
    X(import)                                                                                      \
    X(lots)                                                                                        \
    X(portfolio)                                                                                   \
    X(tax)                                                                                         \
    X(config)                                                                                      \
    X(doctor)                                                                                      \
    X(status)                                                                                      \
    X(runs)                                                                                        \
    X(signals)                                                                                     \
    X(why_not)                                                                                     \
    X(inbox)                                                                                       \
    X(help)                                                                                        \
    X(version)

#define X(name) extern const qm_command qm_command_##name;
COMMANDS(X)
#undef X

const qm_command *const qm_commands[] = {
#define X(name) &qm_command_##name,
    COMMANDS(X)
#undef X
        0,
};
