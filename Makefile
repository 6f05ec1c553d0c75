# What a person would type. Everything that is missing is installed first, pinned (tools/bun, bun.lock).
bun := tools/bun/bun

.PHONY: dev test image install

dev: install
	@exec $(bun) --watch service/src/main.ts

test: install
	@exec $(bun) tools/test.ts

image: install
	@exec $(bun) service/image/build.ts

install:
	@$(bun) install --frozen-lockfile --no-summary
