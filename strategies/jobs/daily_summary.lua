-- SPDX-License-Identifier: MIT
-- Daily summary: 45 minutes after the close, what the day did to each strategy, and the year's realised gains with
-- their tax where rates are known.

local qm = require "qm"

return qm.strategy {
    name = "daily_summary",
    kind = "job",
    version = 1,
    schedule = { summary = qm.after_close(45) },

    summary = function(ctx)
        local lines = {}
        for _, row in ipairs(ctx:strategies()) do
            if not row.job then
                local day = row.equity - row.before
                lines[#lines + 1] = ("%s %s (%s today)"):format(row.name, row.equity:round(2), day:round(2))
            end
        end
        local year, err = ctx.tax.realized()
        if year then
            local tax = year.tax and (", tax %s"):format(year.tax:round(2)) or ", no rates"
            lines[#lines + 1] = ("this year short-term %s, long-term %s%s"):format(
                year.short_term:round(2),
                year.long_term:round(2),
                tax
            )
        else
            lines[#lines + 1] = "the tax book: " .. err.message
        end
        ctx:notify { title = "summary " .. ctx.date, text = table.concat(lines, "; ") }
    end,
}
