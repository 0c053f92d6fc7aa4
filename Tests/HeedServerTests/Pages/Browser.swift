import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Why the browser did not do what it was told.
struct BrowserError: Error, CustomStringConvertible {
    var description: String
}

/// A headless Chromium, driven over a pair of pipes with the DevTools protocol: JSON messages with a NUL after each.
///
/// It waits for answers where it stands, so it wants a thread of its own.
final class Browser {
    private let process = Process()
    private let folder: URL
    private let input: Int32
    private let output: Int32
    private var buffer: [UInt8] = []
    private var lastID = 0
    /// What the browser told without being asked.
    private(set) var events: [[String: Any]] = []

    /// Where a Chromium is; `nil` where there is none.
    static func path() -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(
            String.init)
        for name in ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"] {
            for folder in folders where FileManager.default.isExecutableFile(atPath: "\(folder)/\(name)") {
                return "\(folder)/\(name)"
            }
        }
        return nil
    }

    init(_ path: String) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "heed-browser-\(UUID().uuidString)")
        self.folder = folder
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let names = ["in", "out"].map { folder.appendingPathComponent($0).path }
        for name in names {
            guard mkfifo(name, 0o600) == 0 else { throw BrowserError(description: "mkfifo failed: \(errno)") }
        }
        // Both ways, so that neither waits for the other side.
        input = open(names[0], O_RDWR)
        output = open(names[1], O_RDWR)
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [
            "-c", "exec \"$0\" \"$@\" 3<\"$HEED_IN\" 4>\"$HEED_OUT\" >/dev/null 2>&1", path, "--headless=new",
            "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
            "--disable-background-networking", "--disable-component-update", "--remote-debugging-pipe",
            "--user-data-dir=\(folder.appendingPathComponent("profile").path)", "about:blank",
        ]
        var environment = ProcessInfo.processInfo.environment
        environment["HEED_IN"] = names[0]
        environment["HEED_OUT"] = names[1]
        process.environment = environment
        try process.run()
    }

    /// Ends it and removes what it wrote.
    func close() {
        _ = try? call("Browser.close", seconds: 5)
        let end = Date(timeIntervalSinceNow: 5)
        while process.isRunning, Date() < end { usleep(20_000) }
        if process.isRunning { process.terminate() }
        _ = closeFile(input)
        _ = closeFile(output)
        try? FileManager.default.removeItem(at: folder)
    }

    /// Asks for something and waits for the answer.
    @discardableResult
    func call(_ method: String, _ params: [String: Any] = [:], session: String? = nil, seconds: Double = 30)
        throws
        -> [String: Any]
    {
        lastID += 1
        let id = lastID
        var message: [String: Any] = ["id": id, "method": method, "params": params]
        if let session { message["sessionId"] = session }
        let bytes = Array(try JSONSerialization.data(withJSONObject: message)) + [0]
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
            guard count > 0 else {
                throw BrowserError(description: "writing to the browser failed: \(errno)")
            }
            sent += count
        }
        let end = Date(timeIntervalSinceNow: seconds)
        while true {
            guard let answer = try next(until: end) else {
                throw BrowserError(description: "\(method) was not answered in \(seconds) s")
            }
            guard answer["id"] as? Int == id else {
                events.append(answer)
                continue
            }
            if let error = answer["error"] as? [String: Any] {
                throw BrowserError(description: "\(method): \(error["message"] ?? error)")
            }
            return answer["result"] as? [String: Any] ?? [:]
        }
    }

    private func next(until end: Date) throws -> [String: Any]? {
        while true {
            if let stop = buffer.firstIndex(of: 0) {
                let message = Data(buffer[..<stop])
                buffer.removeSubrange(...stop)
                return try JSONSerialization.jsonObject(with: message) as? [String: Any]
            }
            let left = end.timeIntervalSinceNow
            guard left > 0, process.isRunning else { return nil }
            var wanted = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            guard poll(&wanted, 1, Int32(min(200, left * 1000) + 1)) > 0 else { continue }
            var chunk = [UInt8](repeating: 0, count: 1 << 16)
            let count = read(output, &chunk, chunk.count)
            if count > 0 { buffer += chunk[..<count] }
        }
    }
}

/// One page of a browser.
final class Tab {
    let browser: Browser
    private let session: String
    private var modifiers = 0

    init(_ browser: Browser) throws {
        self.browser = browser
        let target = try browser.call("Target.createTarget", ["url": "about:blank"])
        let attached = try browser.call(
            "Target.attachToTarget", ["targetId": target["targetId"] ?? "", "flatten": true])
        guard let session = attached["sessionId"] as? String else {
            throw BrowserError(description: "no session")
        }
        self.session = session
        for domain in ["Page", "Runtime", "Log", "Audits"] { try call("\(domain).enable") }
    }

    @discardableResult
    func call(_ method: String, _ params: [String: Any] = [:]) throws -> [String: Any] {
        try browser.call(method, params, session: session)
    }

    /// Goes to an address and waits until the page is there.
    func open(_ address: String) throws {
        try call("Page.navigate", ["url": address])
        try wait(
            "location.href.startsWith('http') && document.readyState === 'complete'",
            "\(address) does not load")
    }

    /// The value of an expression.
    @discardableResult
    func evaluate(_ script: String) throws -> Any? {
        let answer = try call(
            "Runtime.evaluate", ["expression": script, "returnByValue": true, "awaitPromise": true])
        if let details = answer["exceptionDetails"] as? [String: Any] {
            throw BrowserError(description: "\(script): \(details["exception"] ?? details)")
        }
        return (answer["result"] as? [String: Any])?["value"]
    }

    func text(_ script: String) throws -> String { try evaluate(script) as? String ?? "" }

    /// Waits until an expression is true.
    func wait(_ condition: String, _ complaint: String, seconds: Double = 30) throws {
        let end = Date(timeIntervalSinceNow: seconds)
        while Date() < end {
            if (try? evaluate("Boolean(\(condition))")) as? Bool == true { return }
            usleep(30_000)
        }
        let shown = (try? text("document.body.innerText.slice(0, 2000)")) ?? ""
        throw BrowserError(description: "\(complaint); the page says: \(shown)")
    }

    /// Presses a key.
    func press(_ key: String) throws {
        var event: [String: Any] = ["key": key, "modifiers": modifiers]
        let codes = [
            "Enter": 13, "Tab": 9, "Escape": 27, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39,
            "ArrowDown": 40,
        ]
        if let code = codes[key] {
            event["windowsVirtualKeyCode"] = code
            event["code"] = key
            if key == "Enter" { event["text"] = "\r" }
        } else {
            event["text"] = key
        }
        try call("Input.dispatchKeyEvent", event.merging(["type": "keyDown"]) { $1 })
        try call("Input.dispatchKeyEvent", event.merging(["type": "keyUp"]) { $1 })
    }

    /// Moves the focus to an element and types.
    func type(_ text: String, into selector: String) throws {
        try evaluate(
            "(() => { const e = document.querySelector('\(selector)'); e.focus(); e.value = ''; })()")
        try call("Input.insertText", ["text": text])
    }

    /// How wide, how dark, and whether it is a phone.
    func view(width: Int, height: Int, dark: Bool = false, phone: Bool = false) throws {
        try call(
            "Emulation.setDeviceMetricsOverride",
            ["width": width, "height": height, "deviceScaleFactor": phone ? 2 : 1, "mobile": phone])
        try call("Emulation.setTouchEmulationEnabled", ["enabled": phone])
        try call(
            "Emulation.setEmulatedMedia",
            ["features": [["name": "prefers-color-scheme", "value": dark ? "dark" : "light"]]])
    }

    /// Takes a picture into the folder of `HEED_SCREENSHOTS`, where that is set.
    func picture(_ name: String, whole: Bool = true) throws {
        guard let folder = ProcessInfo.processInfo.environment["HEED_SCREENSHOTS"] else { return }
        let answer = try call("Page.captureScreenshot", ["format": "png", "captureBeyondViewport": whole])
        guard let text = answer["data"] as? String, let data = Data(base64Encoded: text) else { return }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try data.write(to: URL(fileURLWithPath: folder).appendingPathComponent("\(name).png"))
    }

    /// What the browser complained about: errors in the console, exceptions, violations of the content policy.
    var complaints: [String] {
        browser.events.compactMap { event in
            let params = event["params"] as? [String: Any] ?? [:]
            switch event["method"] as? String {
            case "Runtime.exceptionThrown": return "exception: \(params)"
            case "Runtime.consoleAPICalled" where ["error", "warning"].contains(params["type"] as? String):
                return "console: \(params)"
            case "Log.entryAdded":
                let entry = params["entry"] as? [String: Any] ?? [:]
                return ["error", "warning"].contains(entry["level"] as? String) ? "log: \(entry)" : nil
            case "Audits.issueAdded":
                let issue = params["issue"] as? [String: Any] ?? [:]
                return issue["code"] as? String == "ContentSecurityPolicyIssue" ? "policy: \(issue)" : nil
            default: return nil
            }
        }
    }
}

/// Runs something that waits on a thread of its own.
func onThread<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
    try await withCheckedThrowingContinuation { continuation in
        let thread = Thread { continuation.resume(with: Result(catching: body)) }
        thread.stackSize = 4 << 20
        thread.start()
    }
}

private func closeFile(_ file: Int32) -> Int32 { close(file) }
