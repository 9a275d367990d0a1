pytest_plugins = ["tests.databases", "tests.chromium"]
