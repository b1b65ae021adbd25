import ServiceSupport

await ServiceMain.run(ProfileUpdaterService.self)
