-- SPDX-License-Identifier: MIT
-- Checks the table that a strategy file returns and turns it into the plan that the host reads: every default filled
-- in, every name known. Errors name the key they are about: the host adds file and line.

local CALLBACKS = {
    "init", "start", "on_bar", "on_bars", "on_quote", "on_order", "on_fill", "on_cash", "on_action", "migrate", "stop",
}
local KEYS = {
    "name", "version", "kind", "params", "presets", "universe", "timeframe", "inputs", "schedule", "warmup", "on_fault",
    "budget",
}
local BUDGETS = { callback_ms = 3600000, day_ms = 86400000 } -- at most
local FAULTS = { cancel_entries = 0, keep = 1, cancel_orders = 2, flatten = 3 }
local SCHEDULES = { at = 0, before_close = 1, after_open = 2, every = 3, cron = 4 }
local WEEKDAYS = {
    sunday = 16, monday = 32, tuesday = 64, wednesday = 128, thursday = 256, friday = 512, saturday = 1024,
}
local DAYS = { trading_day = 1, month_start = 2, month_end = 4, day = 8 }
local SCHEDULE_KEYS = {
    "schedule", "minutes", "cron", "tz", "on", "missed", "grace", "in_session", 1,
}

local native = qm_native -- luacheck: ignore 113
local nearest = native.nearest

local function fail(text, ...)
    error(text:format(...), 0)
end

-- The same about a key of the file: the host finds its line.
local function fail_at(key, text, ...)
    error({ key = tostring(key), text = text:format(...) }, 0)
end

local function contains(list, value)
    for _, item in ipairs(list) do
        if item == value then
            return true
        end
    end
    return false
end

local function names_of(list)
    local out = {}
    for _, item in ipairs(list) do
        out[#out + 1] = tostring(item)
    end
    return out
end

-- ---- parameters

local function number_in_range(name, definition, value, whole)
    local number = math.tointeger(value) or value
    if type(number) ~= "number" or number ~= number then
        fail_at(name, "parameter %s = %s: must be a number", name, value)
    end
    if whole and math.type(number) ~= "integer" then
        fail_at(name, "parameter %s = %s: must be a whole number", name, value)
    end
    if definition.min and number < definition.min then
        fail_at(name, "parameter %s = %s: must be at least %s", name, value, definition.min)
    end
    if definition.max and number > definition.max then
        fail_at(name, "parameter %s = %s: must be at most %s", name, value, definition.max)
    end
    return number
end

local function mix_of(name, value)
    if type(value) ~= "table" then
        fail_at(name, "parameter %s: must be symbols and their parts, { SPY = 60, QQQ = 40 }", name)
    end
    local sum = 0
    for symbol, part in pairs(value) do
        if type(symbol) ~= "string" or type(part) ~= "number" or part <= 0 then
            fail_at(name, "parameter %s: %s = %s: must be a symbol and a part above 0", name, symbol, part)
        end
        sum = sum + part
    end
    if sum <= 0 then
        fail_at(name, "parameter %s: names no symbol", name)
    end
    return value
end

local CHECK = {
    integer = function(name, d, v)
        return number_in_range(name, d, v, true)
    end,
    number = function(name, d, v)
        return number_in_range(name, d, v, false)
    end,
    string = function(name, _, v)
        return type(v) == "string" and v or fail_at(name, "parameter %s = %s: must be a text", name, v)
    end,
    boolean = function(name, _, v)
        if type(v) ~= "boolean" then
            fail_at(name, "parameter %s = %s: must be true or false", name, v)
        end
        return v
    end,
    money = function(name, _, v)
        local ok, amount = pcall(native.decimal, v)
        return ok and amount or fail_at(name, "parameter %s = %s: must be an amount", name, v)
    end,
    choice = function(name, d, v)
        if not contains(d, v) then
            fail_at(name, "parameter %s = %s: must be one of %s", name, v, table.concat(names_of(d), ", "))
        end
        return v
    end,
    mix = function(name, _, v)
        return mix_of(name, v)
    end,
    list = function(name, _, v)
        return type(v) == "table" and v or fail_at(name, "parameter %s: must be a list", name)
    end,
}

local function mix_from_text(name, text)
    local mix = {}
    for item in (text .. ","):gmatch "([^,]*)," do
        local symbol, part = item:match "^%s*([^:]+):([%d.]+)%s*$"
        if not symbol or not tonumber(part) then
            fail_at(name, "parameter %s: \"%s\" is not SYMBOL:PART (SPY:60,QQQ:30)", name, item)
        end
        mix[symbol] = math.tointeger(tonumber(part)) or tonumber(part)
    end
    return mix
end

local function list_from_text(name, text)
    local list = {}
    for item in (text .. ","):gmatch "([^,]*)," do
        list[#list + 1] = tonumber(item) or fail_at(name, "parameter %s: \"%s\" is no number", name, item)
    end
    return list
end

-- What `--set name=value` gives, by the parameter's kind.
local function from_text(name, definition, text)
    local kind = definition.kind
    if kind == "integer" or kind == "number" then
        return tonumber(text) or fail_at(name, "parameter %s = %s: must be a number", name, text)
    elseif kind == "boolean" then
        local value = ({ ["true"] = true, ["false"] = false })[text]
        return value == nil and fail_at(name, "parameter %s = %s: must be true or false", name, text) or value
    elseif kind == "mix" then
        return mix_from_text(name, text)
    elseif kind == "list" then
        return list_from_text(name, text)
    end
    return text
end

local function check_definitions(params)
    for name, definition in pairs(params) do
        if type(definition) ~= "table" or not CHECK[definition.kind] then
            fail_at(name, "parameter %s: make it with qm.integer, qm.number, qm.choice, ...", name)
        end
        if definition.default == nil and not definition.optional then
            fail_at(name, "parameter %s: has no default", name)
        end
        if definition.default ~= nil then
            CHECK[definition.kind](name, definition, definition.default)
        end
    end
end

local function known_parameter(params, name)
    if not params[name] then
        local all = {}
        for known in pairs(params) do
            all[#all + 1] = known
        end
        fail("no parameter \"%s\"%s", name, nearest(name, all))
    end
    return params[name]
end

local function read_parameters(definition, options)
    local params, values = definition.params or {}, {}
    check_definitions(params)
    for name, d in pairs(params) do
        values[name] = d.default
    end
    local preset = options.preset and (definition.presets or {})[options.preset]
    if options.preset and not preset then
        local all = {}
        for known in pairs(definition.presets or {}) do
            all[#all + 1] = known
        end
        fail("no preset \"%s\"%s", options.preset, nearest(options.preset, all))
    end
    for name, value in pairs(preset or {}) do
        values[name] = CHECK[known_parameter(params, name).kind](name, params[name], value)
    end
    for _, set in ipairs(options.sets) do
        local d = known_parameter(params, set[1])
        values[set[1]] = CHECK[d.kind](set[1], d, from_text(set[1], d, set[2]))
    end
    for name, d in pairs(params) do
        if d.kind == "money" and values[name] ~= nil then
            values[name] = CHECK.money(name, d, values[name])
        end
    end
    return values
end

-- ---- schedules

local function days_of(name, on)
    local days = 0
    for _, day in ipairs(type(on) == "table" and on or { on or "trading_day" }) do
        local bit = DAYS[day] or WEEKDAYS[day]
        if not bit then
            fail_at(
                name,
                "schedule %s: on = \"%s\": must be trading_day, month_start, month_end, day or a weekday",
                name,
                day
            )
        end
        days = days | bit
    end
    return days
end

local function read_schedule(name, s, definition)
    if type(s) ~= "table" or not SCHEDULES[s.schedule] then
        fail_at(name, "schedule %s: make it with qm.at, qm.before_close, qm.after_open, qm.every or qm.cron", name)
    end
    for key in pairs(s) do
        if not contains(SCHEDULE_KEYS, key) then
            fail_at(
                name, "schedule %s: unknown key \"%s\"%s", name, key, nearest(tostring(key), names_of(SCHEDULE_KEYS))
            )
        end
    end
    if type(definition[name]) ~= "function" then
        fail_at(name, "schedule %s: the strategy has no function of this name", name)
    end
    if s.missed and s.missed ~= "run" and s.missed ~= "skip" then
        fail_at(name, "schedule %s: missed = \"%s\": must be run or skip", name, s.missed)
    end
    local clocked = s.schedule == "every" or s.schedule == "before_close" or s.schedule == "after_open"
    if clocked and math.type(s.minutes) ~= "integer" then
        fail_at(name, "schedule %s: minutes = %s: must be a whole number", name, s.minutes)
    end
    return {
        name = name,
        kind = SCHEDULES[s.schedule],
        minutes = s.minutes or 0,
        time = s[1],
        days = days_of(name, s.on),
        in_session = s.in_session == true,
        tz = s.tz,
        cron = s.cron,
        run_missed = s.missed == "run",
        grace = s.grace or 0,
    }
end

-- ---- the whole table

local function check_keys(definition)
    local known, schedule = {}, definition.schedule or {}
    for _, list in ipairs { KEYS, CALLBACKS } do
        for _, key in ipairs(list) do
            known[#known + 1] = key
        end
    end
    for key, value in pairs(definition) do
        local is_callback = contains(CALLBACKS, key)
        -- A function of any name may be the target of a schedule or timer.
        if not contains(known, key) and type(value) ~= "function" then
            fail_at(key, "unknown key \"%s\"%s", key, nearest(tostring(key), known))
        end
        if is_callback and type(value) ~= "function" then
            fail_at(key, "%s must be a function, not a %s", key, type(value))
        end
    end
    for key, value in pairs(definition) do
        local near = not contains(known, key) and not schedule[key] and nearest(key, CALLBACKS) or ""
        if type(value) == "function" and near ~= "" and key:find "^on_" then
            fail_at(key, "no callback \"%s\"%s", key, near)
        end
    end
end

local function expect(definition, key, kind)
    local value = definition[key]
    if value ~= nil and type(value) ~= kind then
        fail_at(key, "%s must be a %s, not a %s", key, kind, type(value))
    end
    return value
end

local function read_budget(definition, limit)
    local budget = expect(definition, "budget", "table") or {}
    for key, value in pairs(budget) do
        local most = BUDGETS[key]
        if not most then
            fail_at("budget", "budget: unknown key \"%s\"%s", key, nearest(tostring(key), { "callback_ms", "day_ms" }))
        end
        if math.type(value) ~= "integer" or value < 1 or value > most then
            fail_at("budget", "budget: %s = %s: must be a whole number from 1 to %d", key, value, most)
        end
    end
    if limit and budget.callback_ms and budget.callback_ms > limit then
        fail_at("budget", "budget: callback_ms = %d: the configuration allows %d", budget.callback_ms, limit)
    end
    return budget
end

local function read_inputs(definition, values)
    local inputs = definition.inputs
    if type(inputs) == "function" then
        inputs = inputs(values)
    end
    if inputs ~= nil and type(inputs) ~= "table" then
        fail_at("inputs", "inputs must be a table or a function that returns one")
    end
    local list, names = {}, nil
    if inputs and #inputs == 0 and next(inputs) ~= nil then
        names = {}
        for name, input in pairs(inputs) do
            names[#names + 1] = name
            list[#list + 1] = input
        end
    else
        list = inputs or {}
    end
    for i, input in ipairs(list) do
        if type(input) ~= "table" or not (rawget(input, "ta") or rawget(input, "column")) then
            fail_at("inputs", "input %d: make it with qm.close, qm.ta.sma(20), ...", i)
        end
    end
    return list, names
end

local function read_universe(definition, values)
    local universe = definition.universe
    if type(universe) == "function" then
        universe = universe { params = values }
    end
    if type(universe) == "string" then
        universe = { universe }
    end
    if universe ~= nil and type(universe) ~= "table" then
        fail_at("universe", "universe must be a list of symbols")
    end
    if universe and universe.universe_file then
        return {}, universe.universe_file
    end
    return universe or {}
end

return function(definition, options)
    if type(definition) ~= "table" then
        fail("the file returns a %s, not qm.strategy { ... }", type(definition))
    end
    check_keys(definition)
    if type(definition.name) ~= "string" or not definition.name:find "^[%a_][%w_-]*$" then
        fail_at("name", "name must be a word of letters, digits, _ and -")
    end
    local version = definition.version or 1
    if math.type(version) ~= "integer" then
        fail_at("version", "version = %s: must be a whole number", version)
    end
    if definition.kind ~= nil and definition.kind ~= "job" then
        fail_at("kind", "kind = \"%s\": only \"job\" is known", definition.kind)
    end
    if definition.on_fault and not FAULTS[definition.on_fault] then
        fail_at(
            "on_fault", "on_fault = \"%s\": must be cancel_entries, keep, cancel_orders or flatten", definition.on_fault
        )
    end
    expect(definition, "params", "table")
    expect(definition, "presets", "table")
    expect(definition, "schedule", "table")
    local budget = read_budget(definition, options.limit_ms)
    local values = read_parameters(definition, options)
    local schedules, presets = {}, {}
    for name, s in pairs(definition.schedule or {}) do
        schedules[#schedules + 1] = read_schedule(name, s, definition)
    end
    for name in pairs(definition.presets or {}) do
        presets[#presets + 1] = name
    end
    local inputs, names = read_inputs(definition, values)
    local universe, universe_file = options.universe, nil
    if not universe then
        universe, universe_file = read_universe(definition, values)
    end
    return {
        name = options.preset or definition.name,
        version = version,
        job = definition.kind == "job",
        early = definition.warmup == "early",
        timeframe = definition.timeframe or "1d",
        callback_ms = budget.callback_ms,
        day_ms = budget.day_ms,
        on_fault = FAULTS[definition.on_fault or "cancel_entries"],
        universe = universe,
        universe_file = universe_file,
        inputs = inputs,
        names = names,
        schedules = schedules,
        presets = presets,
        params = values,
    }
end
