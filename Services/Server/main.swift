import ServiceSupport

await ServiceMain.run(RecommendationServer.self)
