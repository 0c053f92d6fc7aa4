// The Swift side of Benchmarks/preferences.py: trains on the arrays of a folder and answers with a line of JSON.
//
//     preference-bench linear FOLDER COUNT FEATURES RIDGE REPEATS
//     preference-bench neural FOLDER COUNT FEATURES STEPS REPEATS
//
// FOLDER holds first.bin, second.bin and labels.bin: float64, row after row.
//
//     preference-bench data PAIRS FOLDER [ENCODER]
//
// trains every method on comparisons of texts, and leaves what it learnt from and was judged by in FOLDER.
import Foundation
import Preferences

let words = CommandLine.arguments
if words.count >= 4, words[1] == "data" {
    try RealData(pairs: words[2], folder: words[3], encoder: words.count > 4 ? words[4] : nil).run()
    exit(0)
}
guard words.count == 7, let count = Int(words[3]), let features = Int(words[4]),
    let amount = Double(words[5]),
    let repeats = Int(words[6])
else {
    print(
        "usage: preference-bench linear|neural FOLDER COUNT FEATURES RIDGE|STEPS REPEATS, or data PAIRS FOLDER [ENCODER]"
    )
    exit(64)
}

/// The numbers of a file.
func numbers(_ name: String) throws -> [Double] {
    let data = try Data(contentsOf: URL(fileURLWithPath: words[2] + "/" + name))
    return data.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
}

/// Times something so often; the seconds of each time.
func timed<R>(_ body: () throws -> R) rethrows -> (seconds: [Double], last: R) {
    var seconds: [Double] = []
    var last: R?
    for _ in 0..<max(1, repeats) {
        let start = ContinuousClock.now
        last = try body()
        seconds.append((ContinuousClock.now - start) / .seconds(1))
    }
    return (seconds, last!)
}

let data = try ComparisonSet(
    first: FeatureMatrix(rows: count, columns: features, values: numbers("first.bin")),
    second: FeatureMatrix(rows: count, columns: features, values: numbers("second.bin")),
    labels: numbers("labels.bin"))
var answer: [String: Any] = [:]
if words[1] == "linear" {
    // Stops where scikit-learn does: no component of the gradient of the mean loss is above 1e-4.
    var learner = LinearReward(ridge: amount, tolerance: 1e-4)
    let whole = try timed { try learner.fit(data) }
    learner.widestCovariance = 0
    let bare = try timed { try learner.fit(data) }
    answer = [
        "seconds": bare.seconds, "secondsWithErrors": whole.seconds, "loss": bare.last.certificate.loss,
        "iterations": bare.last.certificate.steps, "weights": bare.last.weights,
    ]
} else {
    let learner = NeuralReward(
        hidden: [64], trainer: PairTrainer(steps: Int(amount), batch: 256, validationShare: 0))
    let fit = try timed { try learner.fit(data, seed: 1) }
    answer = ["seconds": fit.seconds, "loss": fit.last.certificate.loss]
}
print(String(decoding: try JSONSerialization.data(withJSONObject: answer), as: UTF8.self))
