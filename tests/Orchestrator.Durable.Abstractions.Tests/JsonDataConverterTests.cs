using System.Text.Json;
using Microsoft.DurableTask.Converters;

namespace Orchestrator.Durable.Abstractions.Tests;

public sealed class JsonDataConverterTests
{
    [Fact]
    public void Nothing_stays_nothing()
    {
        Assert.Null(JsonDataConverter.Default.Serialize(null));
        Assert.Null(JsonDataConverter.Default.Deserialize(null, typeof(Weights)));
        Assert.Equal(0, JsonDataConverter.Default.Deserialize<int>(null));
    }

    [Fact]
    public void Fields_and_properties_come_back()
    {
        var text = JsonDataConverter.Default.Serialize(new Weights { Stable = 90, Canary = 10 });

        Assert.Equal("""{"Canary":10,"Stable":90}""", text);
        var weights = JsonDataConverter.Default.Deserialize<Weights>(text);
        Assert.Equal((90, 10), (weights?.Stable, weights?.Canary));
    }

    [Fact]
    public void Given_options_replace_the_defaults()
    {
        var converter = new JsonDataConverter(new JsonSerializerOptions(JsonSerializerDefaults.Web));

        Assert.Equal("""{"canary":10}""", converter.Serialize(new Weights { Stable = 90, Canary = 10 }));
    }

    private sealed class Weights
    {
        public int Stable = 100;

        public int Canary { get; set; }
    }
}
