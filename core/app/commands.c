/* SPDX-License-Identifier: MIT */
#include "app/command.h"

extern const qm_command qm_command_demo, qm_command_run, qm_command_backtest, qm_command_check,
    qm_command_test, qm_command_data, qm_command_ta, qm_command_calendar, qm_command_config,
    qm_command_status, qm_command_help, qm_command_version, qm_command_runs, qm_command_signals,
    qm_command_why_not, qm_command_inbox, qm_command_init, qm_command_new, qm_command_doctor,
    qm_command_tax, qm_command_option;

const qm_command *const qm_commands[] = {
    &qm_command_init,     &qm_command_demo,
    &qm_command_new,      &qm_command_run,
    &qm_command_backtest, &qm_command_check,
    &qm_command_test,     &qm_command_data,
    &qm_command_ta,       &qm_command_option,
    &qm_command_calendar, &qm_command_tax,
    &qm_command_config,   &qm_command_doctor,
    &qm_command_status,   &qm_command_runs,
    &qm_command_signals,  &qm_command_why_not,
    &qm_command_inbox,    &qm_command_help,
    &qm_command_version,  0,
};
