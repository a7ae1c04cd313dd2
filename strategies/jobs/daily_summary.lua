-- SPDX-License-Identifier: MIT
-- Daily summary: 45 minutes after the close, what the day did to each strategy. Tax is left out until the tax engine
-- keeps the books.

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
        ctx:notify { title = "summary " .. ctx.date, text = table.concat(lines, "; ") }
    end,
}
