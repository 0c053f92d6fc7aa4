import Foundation

/// What happened on a full disk.
struct FullResult: Codable {
    var acknowledged: Int
    var refusedWhileFull: Int
    var acknowledgedAfter: Int
    var problems: [String]
}

/// Sends feedback until the disk is full, makes room, goes on, and looks whether what was acknowledged is there.
struct FullRun {
    var heed: String
    var arguments: [String]
    var filler: String

    func run() throws -> FullResult {
        let server = try ServerProcess(heed: heed, arguments: arguments)
        let key = server.key ?? ""
        let connection = try HTTPConnection(port: server.port)
        _ = try connection.ask("POST", "/v1/spaces", key: key, body: Data(#"{"name":"full"}"#.utf8))
        var result = FullResult(acknowledged: 0, refusedWhileFull: 0, acknowledgedAfter: 0, problems: [])
        var batch = 0
        func send() throws -> Int {
            let body = Bodies.votes(100, name: "f", from: batch * 100)
            return try connection.ask("POST", "/v1/spaces/full/events", key: key, body: body).status
        }
        // Leave room for some batches only.
        try fill()
        while result.refusedWhileFull < 5 && batch < 100_000 {
            let status = try send()
            if status / 100 == 2 {
                result.acknowledged += 100
                batch += 1
            } else if status == 503 || status == 507 {
                result.refusedWhileFull += 1
            } else {
                result.problems.append("a batch on the full disk was answered \(status)")
                break
            }
        }
        if try connection.ask("GET", "/healthz").status != 200 {
            result.problems.append("not alive on a full disk")
        }
        if try connection.ask("GET", "/status", key: key).status != 200 {
            result.problems.append("no status on a full disk")
        }
        try FileManager.default.removeItem(atPath: filler)
        for _ in 0..<20 where try send() / 100 == 2 {
            result.acknowledgedAfter += 100
            batch += 1
        }
        if result.acknowledgedAfter != 2000 { result.problems.append("it did not go on when there was room") }
        let lines = try connection.ask("GET", "/v1/spaces/full/export", key: key).body.split(separator: 10)
            .count
        if lines != result.acknowledged + result.acknowledgedAfter {
            result.problems.append(
                "\(result.acknowledged + result.acknowledgedAfter) were acknowledged, \(lines) are there")
        }
        _ = server.stop()
        return result
    }

    /// Takes all the room but a little.
    private func fill() throws {
        FileManager.default.createFile(atPath: filler, contents: nil)
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: filler))
        defer { try? file.close() }
        let piece = Data(repeating: 1, count: 1 << 16)
        var written: UInt64 = 0
        while (try? file.write(contentsOf: piece)) != nil { written += 1 << 16 }
        try file.truncate(atOffset: written > 1 << 20 ? written - 1 << 20 : 0)
    }
}
