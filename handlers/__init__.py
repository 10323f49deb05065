"""The only judgement: one file per thing the service offers."""
