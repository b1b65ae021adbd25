import ServiceSupport

await ServiceMain.run(ScorerService.self)
