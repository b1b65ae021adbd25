import Events
import Kafka
import Logging
import ServiceSupport
import Threading

extension EventDelivery {
    /// Opens the spool, if there is one, and takes up what it holds.
    static func open(
        _ settings: CollectorSettings,
        producer: KafkaProducer,
        context: ServiceContext
    ) async throws
        -> EventDelivery
    {
        let metrics = SpoolMetrics(context.metrics)
        // Lanes are partitions; beyond this number several share one, which only keeps more order than is needed.
        let lanes = min(settings.topics.partitions, 256)
        let empty = DeliveryLedger(lanes: lanes, hasSpool: settings.spool != nil, patience: settings.deadline) {
            Int(Murmur2.partition(forKey: $0.key ?? [], count: Int32(lanes)))
        }
        guard let spool = settings.spool else {
            return EventDelivery(
                producer: producer,
                spool: nil,
                ledger: empty,
                deadline: settings.deadline,
                metrics: metrics,
                logger: context.logger
            )
        }
        let logger = context.logger
        let opened: Result<(Spool, DeliveryLedger), SpoolError> = await DedicatedThread.run {
            var ledger = empty
            do throws(SpoolError) {
                let spool = try Spool(settings: spool, metrics: metrics, logger: logger) { ledger.restore($0, $1) }
                return .success((spool, ledger))
            } catch {
                return .failure(error)
            }
        }
        let (files, ledger) = try opened.get()
        metrics.observe(files, in: context.metrics)
        let delivery = EventDelivery(
            producer: producer,
            spool: files,
            ledger: ledger,
            deadline: settings.deadline,
            metrics: metrics,
            logger: logger
        )
        context.health.check("spool") { [weak delivery] in
            files.status.verdict(
                maximumAge: spool.maximumAge,
                maximumBytes: files.maximumBytes,
                isSpooling: delivery?.isSpooling == true
            )
        }
        return delivery
    }
}
