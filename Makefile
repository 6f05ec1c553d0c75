# What a person would type. Everything that is missing is installed first, pinned (tools/bun, bun.lock).
bun := tools/bun/bun

.PHONY: dev test test-live test-modules modules simulate simulate-shell simulate-destroy\
  image bench install

dev: install
	@exec $(bun) --env-file=.env --watch service/src/main.ts

# PART=service, or another of tools/parts.ts, for one of those that can run side by side.
test: install
	@exec $(bun) tools/test.ts $(if $(PART),--part=$(PART))

# Production, the loss of a region and the lock of the providers as well.
test-live: install
	@LIVE=long exec $(bun) test --timeout=1200000 live/test tools/simulate tools/plan/test/providers tools/test/fork

# MODULE=app/database for one.
test-modules: install
	@exec $(bun) test --timeout=300000 modules/$(MODULE)

# FROM=folder of checkouts or clones of terraform-aws-modules.
modules: install
	@exec $(bun) tools/aws-simulation/sources.ts copy $(FROM)

# All of an environment on a simulated account that stays in build/simulation; ENVIRONMENT=dev for that one.
simulate: install
	@exec $(bun) tools/simulate/simulate.ts $(or $(ENVIRONMENT),prod)

simulate-shell simulate-destroy: install
	@exec $(bun) tools/simulate/simulate.ts $(or $(ENVIRONMENT),prod) $(@:simulate-%=%)

image: install
	@exec $(bun) service/image/build.ts

bench: image
	@exec $(bun) service/bench/main.ts

install:
	@$(bun) install --frozen-lockfile --no-summary
