import ServiceSupport

await ServiceMain.run(StreamProcessorService.self)
