/* SPDX-License-Identifier: MIT
 *
 * actions.h: corporate actions as dated facts beside the raw bars.
 */
#ifndef QM_MARKET_ACTIONS_H
#define QM_MARKET_ACTIONS_H

#include "market/instrument.h"

typedef enum qm_action_kind {
    QM_ACTION_SPLIT,
    QM_ACTION_DIVIDEND,
    QM_ACTION_DELIST,
    QM_ACTION_RENAME
} qm_action_kind;

typedef struct qm_action {
    qm_instrument_id instrument;
    qm_action_kind kind;
    qm_date ex_date;  /* first session on which it holds */
    qm_date pay_date; /* dividends; QM_DATE_NONE: the ex-date */
    int64_t num, den; /* split: num new shares for den old */
    qm_decimal cash;  /* dividend per share as declared then; delisting: price (0: the last) */
    char text[QM_SYMBOL_MAX]; /* rename: the new symbol */
} qm_action;

#endif
