// The Swift side of Benchmarks/tensors.py and encoder.py: does the work that it is told to on standard input, one line at
// a time, and answers with a line of JSON. `tensor-bench start` and `tensor-bench start-tensors` only start and end.
import Foundation
import Tensors

switch CommandLine.arguments.dropFirst().first {
case "start": print("started")
case "start-tensors": print((Tensor([1, 2] as [Float]) * 2).floats)
default: try serve()
}

/// Answers requests until standard input ends.
func serve() throws {
    var works: [String: any Work] = [:]
    let clock = ContinuousClock()
    let opening = try clock.measure { try Torch.require() }
    if let threads = ProcessInfo.processInfo.environment["TENSOR_BENCH_THREADS"].flatMap({ Int($0) }) {
        Torch.threads = threads
    }
    answer([
        "open": opening / .seconds(1), "torch": try Torch.version(), "threads": Torch.threads,
        "parallel": Torch.parallelInfo,
    ])
    while let line = readLine() {
        let words = line.split(separator: " ").map(String.init)
        switch words.first {
        case "make": works[words[1]] = try make(words[1], folder: words[2], words[3])
        case "write": try (works[words[1]] as? EncoderWork)?.write(to: words[2])
        case "run":
            let count = Int(words[2]) ?? 1
            let before = processorSeconds()
            let time = clock.measure { for _ in 0..<count { _ = works[words[1]]?.step() } }
            answer(["seconds": time / .seconds(1), "cpu": processorSeconds() - before])
            continue
        case "losses":
            answer(["losses": (0..<(Int(words[2]) ?? 1)).map { _ in works[words[1]]?.step() ?? .nan }])
            continue
        default: break
        }
        answer([:])
    }
}

/// One of the benchmarks' works by its name.
func make(_ name: String, folder: String, _ precision: String) throws -> any Work {
    let real = precision == "float64" ? DType.float64 : .float32
    return switch name {
    case "mlp": try PerceptronWork(folder: folder, real: real)
    case "gpt": try LanguageWork(folder: folder, real: real)
    case "encoder": try EncoderWork(folder: folder)
    case "tokens": try EncoderWork.Tokens(of: EncoderWork(folder: folder))
    default: ScalarWork(real: real)
    }
}

/// The seconds that all threads of this process have computed.
func processorSeconds() -> Double { Double(Foundation.clock()) / Double(CLOCKS_PER_SEC) }

func answer(_ values: [String: Any]) {
    guard let data = try? JSONSerialization.data(withJSONObject: values) else { return }
    print(String(decoding: data, as: UTF8.self))
    fflush(nil)
}
