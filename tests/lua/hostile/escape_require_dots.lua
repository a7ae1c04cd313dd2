-- error "no module name"
require "a..b"
