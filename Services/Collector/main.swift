import ServiceSupport

await ServiceMain.run(CollectorService.self)
