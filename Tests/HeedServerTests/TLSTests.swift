import Foundation
import HeedAPI
import HeedClient
import Serving
import Testing

@testable import HeedServer

@Suite struct TLSTests {
    private static let openssl = ["/usr/bin/openssl", "/usr/local/bin/openssl", "/opt/homebrew/bin/openssl"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    @Test(.enabled(if: openssl != nil, "needs openssl"))
    func aCertificateOfOnesOwn() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let certificate = folder.appendingPathComponent("cert.pem").path
        let key = folder.appendingPathComponent("key.pem").path
        try await offPool {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: try #require(Self.openssl))
            process.arguments = [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-days", "2",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                "-out", certificate, "-keyout", key,
            ]
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else { throw TestFailure("openssl failed") }
        }
        try await TestServer.with {
            $0.tls = TLSFiles(certificate: certificate, key: key)
        } _: { server in
            var options = HeedClient.Options()
            options.trustRoots = certificate
            options.retries = 0
            let client = try HeedClient(
                url: "https://localhost:\(server.port)", key: server.admin, options: options)
            #expect(try await client.spaces().isEmpty)
            try await client.close()
            // A client that does not trust it is not served; plain HTTP is not either, and neither harms the
            // server.
            var strict = HeedClient.Options()
            strict.retries = 0
            let wary = try HeedClient(
                url: "https://localhost:\(server.port)", key: server.admin, options: strict)
            await #expect(throws: HeedClientError.self) { try await wary.spaces() }
            try await wary.close()
            await #expect(throws: (any Error).self) { try await server.ask("GET", "/healthz") }
        }
    }

    @Test func filesThatAreNoCertificateAreAnError() async throws {
        let service = try HeedService(store: MemoryStore())
        var options = ServerOptions()
        options.port = 0
        options.tls = TLSFiles(certificate: "/nowhere/cert.pem", key: "/nowhere/key.pem")
        let server = HeedServer(service: service, options: options, logger: LogCapture().logger)
        await #expect(throws: (any Error).self) { try await server.run(signals: []) }
    }
}
