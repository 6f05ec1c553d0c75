# What a person would type. Everything that is missing is installed first, pinned (tools/bun, bun.lock).
bun := tools/bun/bun

.PHONY: dev test image bench install

dev: install
	@exec $(bun) --watch service/src/main.ts

test: install
	@exec $(bun) tools/test.ts

image: install
	@exec $(bun) service/image/build.ts

bench: image
	@exec $(bun) service/bench/main.ts

install:
	@$(bun) install --frozen-lockfile --no-summary
