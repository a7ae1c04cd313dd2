-- error "don't mix"
return require "qm".decimal(1).number(ctx.now)
