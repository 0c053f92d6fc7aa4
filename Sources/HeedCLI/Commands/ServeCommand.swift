import ArgumentParser
import CoreMetrics
import Foundation
import Heed
import HeedServer
import Logging
import Serving

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Collect, learn, decide and prove in one running service.",
        discussion: """
            Examples:
              heed serve --db heed.db
              heed serve --db heed.db --host 0.0.0.0 --tls-certificate cert.pem --tls-key key.pem
              heed serve --store postgres://heed@localhost/heed --port 8080

            The first start prints an admin key, this once. docs/server.md tells how to run it for good, docs/api.md
            what it answers.
            """)

    @Option(name: .long, help: ArgumentHelp("The SQLite file to keep everything in.", valueName: "file"))
    var db: String?

    @Option(name: .long, help: ArgumentHelp("A PostgreSQL database instead, postgres://…", valueName: "url"))
    var store: String?

    @Option(name: .long, help: ArgumentHelp("The address to listen on.", valueName: "address"))
    var host = "127.0.0.1"

    @Option(name: .long, help: ArgumentHelp("The port to listen on; 0 for any.", valueName: "number"))
    var port = 8080

    @Option(name: .long, help: ArgumentHelp("The certificate, in PEM.", valueName: "file"))
    var tlsCertificate: String?

    @Option(name: .long, help: ArgumentHelp("The certificate's private key, in PEM.", valueName: "file"))
    var tlsKey: String?

    @Flag(name: .long, help: "A proxy stands before the server and sets X-Forwarded-For; clients cannot reach it directly.")
    var behindProxy = false

    @Option(name: .long, help: ArgumentHelp("What to log: debug, info, notice, warning, error.", valueName: "level"))
    var logLevel = Logger.Level.info

    func validate() throws {
        if (db == nil) == (store == nil) { throw ValidationError("Say where to keep the data: --db or --store.") }
        if (tlsCertificate == nil) != (tlsKey == nil) {
            throw ValidationError("--tls-certificate and --tls-key go together.")
        }
        if !(0...65_535).contains(port) { throw ValidationError("--port is 0 to 65535.") }
    }

    func run() async throws {
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        let registry = PrometheusRegistry()
        MetricsSystem.bootstrap(registry)
        let service = try HeedService(store: try location.open(), logger: logger("heed"))
        let first = try await service.firstKey()
        let server = HeedServer(service: service, options: options, logger: logger("heed.http"), registry: registry)
        let scheme = tlsCertificate == nil ? "http" : "https"
        let host = host.contains(":") ? "[\(host)]" : host
        do {
            try await server.run { running in
                var text = "heed serves at \(scheme)://\(host):\(running.port)/\n"
                if let first { text += "The admin key, shown this once: \(first.secret)\n" }
                try? Console.out(text)
            }
        } catch let error as StoreError {
            throw error
        } catch {
            throw Failure("cannot serve at \(host):\(port): \(error)", code: Failure.unavailable)
        }
    }

    private var location: StoreLocation { StoreLocation(store ?? db ?? "") }

    private func logger(_ label: String) -> Logger {
        var logger = Logger(label: label)
        logger.logLevel = logLevel
        return logger
    }

    private var options: ServerOptions {
        var options = ServerOptions()
        options.host = host
        options.port = port
        options.version = heedVersion
        options.trustsProxy = behindProxy
        if let tlsCertificate, let tlsKey { options.tls = TLSFiles(certificate: tlsCertificate, key: tlsKey) }
        return options
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
